/**
 * The names the dashboard uses for the shapes of the API, and the only file besides the client that
 * reads the generated schema: a renamed schema is mended here and nowhere else.
 */
import type { components } from './schema';

type Schemas = components['schemas'];

export type User = Schemas['User'];
export type Conversation = Schemas['Conversation'];
export type ConversationDetail = Schemas['ConversationDetail'];
export type ConversationPage = Schemas['ConversationList'];
export type Message = Schemas['Message'];
export type MessageCreate = Schemas['MessageCreate'];
export type ToolCall = Schemas['ToolCall'];
export type Usage = Schemas['Usage'];
export type ReplyFailure = Schemas['ReplyError'];

/** An entry of GET /v1/models: OpenAI's shape with the manager's two extensions. The /v1 app is
 * mounted, so its shapes are not in the manager's OpenAPI document. */
export interface Model {
  id: string;
  object: 'model';
  created: number;
  owned_by: string;
  context_length?: number | null;
  loaded?: boolean;
}

/** GET /health. Sizes in bytes. */
export interface Health {
  status: 'healthy' | 'degraded';
  version: string;
  database: { status: string };
  inference: {
    status: 'ok' | 'degraded';
    reason: string | null;
    models_resident: string[];
    memory_used_bytes: number;
    memory_budget_bytes: number;
    requests_running: number;
    requests_waiting: number;
  };
}

/** An OpenAI function tool, as far as the dashboard looks into it. */
export interface FunctionTool {
  type: 'function';
  function: { name: string; description?: string; parameters?: Record<string, unknown> };
}
