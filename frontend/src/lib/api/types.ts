/**
 * The names the dashboard uses for the shapes of the API, and the only file besides the client that
 * reads the generated schema: a renamed schema is mended here and nowhere else.
 */
import type { components } from './schema';

type Schemas = components['schemas'];

export type User = Schemas['UserReply'];
export type Conversation = Schemas['ConversationReply'];
export type ConversationDetail = Schemas['ConversationDetail'];
export type ConversationPage = Schemas['Page_ConversationReply_'];
export type Message = Schemas['MessageReply'];
export type MessageCreate = Schemas['MessageCreate'];
export type ToolCall = Schemas['ToolCall'];
export type FunctionTool = Schemas['ToolSpec'];
export type ToolResult = Schemas['ToolResult'];
export type ResultsCreate = Schemas['ResultsCreate'];
export type Turn = Schemas['TurnReply'];
export type ResultsTurn = Schemas['ResultsReply'];
export type LocalModel = Schemas['LocalModelReply'];
export type LocalModelPage = Schemas['Page_LocalModelReply_'];
export type HubModel = Schemas['HubModelReply'];
export type ModelCard = Schemas['ModelCardReply'];
export type Capabilities = Schemas['ModelCapabilities'];
export type Quantization = Schemas['Quantization'];
export type Fit = Schemas['Fit'];
export type Probe = Schemas['ProbeReply'];
export type ProbeCheck = Schemas['ProbeCheck'];
export type ProbeName = Schemas['ProbeName'];
export type Download = Schemas['DownloadReply'];
export type DownloadState = Schemas['DownloadState'];
/** A model that is resident or on its way; `state` is "loading", "ready" or "unloading". */
export type ResidentModel = Schemas['ModelMemory'];
export type Health = Schemas['HealthReply'];

/* People, keys and one's own account. */
export type UserDetail = Schemas['UserDetail'];
export type UserUpdate = Schemas['UserUpdate'];
export type UserPage = Schemas['Page_UserReply_'];
export type Device = Schemas['SessionReply'];
export type ApiKey = Schemas['KeyReply'];
export type ApiKeyCreated = Schemas['KeyCreated'];
export type ApiKeyCreate = Schemas['KeyCreate'];
export type ApiKeyUpdate = Schemas['KeyUpdate'];
export type ApiKeyPage = Schemas['Page_KeyReply_'];

/* What was used, who asked, and how the machine is. */
export type UsagePage = Schemas['UsagePage'];
export type UsageRow = Schemas['UsageReply'];
export type UsageSum = Schemas['UsageSum'];
export type AuditRow = Schemas['AuditReply'];
export type AuditPage = Schemas['Page_AuditReply_'];
export type AuditStatistics = Schemas['AuditStatistics'];
/** The fields named here came with set-up; the schema has them from its next generation on. */
export type SystemInfo = Schemas['SystemInfo'] & {
  processor: string | null;
  computes_on: 'metal' | 'cuda' | 'cpu';
  disk_free_bytes: number;
};
export type MemoryReport = Schemas['MemoryReply'];
/** One moment of GET /api/system/memory/history; sizes in bytes. */
export interface MemorySample {
  at: string;
  available_bytes: number | null;
  process_bytes: number;
  used_bytes: number;
  weights_bytes: number;
  prefix_cache_bytes: number;
  mlx_active_bytes: number;
}
export interface MemoryHistory {
  period_seconds: number;
  machine_bytes: number;
  budget_bytes: number;
  /** The oldest first. */
  samples: MemorySample[];
}
/** Whether macOS begins the server at login; `detail` is a sentence for a person. */
export interface Launchd {
  supported: boolean;
  installed: boolean;
  running: boolean;
  path: string | null;
  detail: string;
}
/** A profile and how it runs; one with a `process_id` is a process of its own. */
export type Server = Schemas['ServerReply'];
export type DoctorReport = Schemas['DoctorReply'];
export type DoctorFinding = Schemas['DoctorFinding'];
export type Setting = Schemas['SettingReply'];
export type SettingsReport = Schemas['SettingsReply'];
export type SettingsChange = Schemas['SettingsChange'];
export type HubTokenState = Schemas['HubTokenReply'];

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

/** What POST /api/models/probe sends; a stream's shapes are not in the OpenAPI document. */
export type ProbeEvent = { event: 'check'; check: ProbeCheck } | { event: 'done'; probe: Probe };

/** What GET /api/events sends: each event is the whole state of its kind. The stream's shapes are not
 * in the OpenAPI document; the manager has them in schemas/feed_event.py. */
export type FeedEvent = PoolEvent | RequestsEvent | MemoryEvent | DownloadsEvent;

export interface PoolEvent {
  event: 'pool';
  models: ResidentModel[];
  max_models: number;
  alive: boolean;
  degraded_reason: string | null;
}

export interface RequestsEvent {
  event: 'requests';
  running: number;
  waiting: number;
  finished: number;
  failed: number;
  prompt_tokens: number;
  completion_tokens: number;
  cached_tokens: number;
}

export type MemoryEvent = { event: 'memory' } & Omit<
  Schemas['MemoryReply'],
  'machine_bytes' | 'models'
>;

export interface DownloadsEvent {
  event: 'downloads';
  downloads: Download[];
}
