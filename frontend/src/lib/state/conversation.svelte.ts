/** The open conversation: its messages, and the reply being written into it. */
import * as api from '$lib/api/chat';
import { ApiError, asApiError } from '$lib/api/errors';
import type { Message, MessageCreate, ToolResult } from '$lib/api/types';
import { conversations } from './conversations.svelte';
import { Reply } from './reply.svelte';

/** What a message carries besides its text: model, thinking, tools and sampling. */
export type MessageOptions = Omit<MessageCreate, 'content' | 'role' | 'tool_call_id'>;

/** What a person said, or the results of the calls that a reply made. */
export type Draft =
  { content: string; results?: undefined } | { content?: undefined; results: ToolResult[] };

export class OpenConversation {
  id = $state<string | null>(null);
  messages = $state<Message[]>([]);
  reply = $state<Reply | null>(null);
  phase = $state<'ready' | 'loading' | 'missing' | 'failed'>('ready');
  /** Why opening, sending or stopping failed. */
  error = $state<ApiError | null>(null);
  /** A message the manager did not take, kept to be sent again. */
  unsent = $state<Draft | null>(null);
  sending = $state(false);
  /** Seconds of reasoning measured here, by message id. */
  reasoningMs = $state<Record<string, number>>({});

  get streaming(): boolean {
    return this.reply !== null && this.reply.connection !== 'ended';
  }

  /** The model the last reply came from. */
  get model(): string | null {
    return this.messages.findLast((message) => message.role === 'assistant')?.model ?? null;
  }

  /** Shows conversation `id`, or an empty page for null. Errors end in `phase` and `error`. */
  async open(id: string | null): Promise<void> {
    if (id === this.id && this.phase === 'ready') return;
    this.#leave();
    this.id = id;
    if (id === null) return;
    this.phase = 'loading';
    try {
      await this.#load(id);
    } catch (problem) {
      if (this.id !== id) return;
      this.error = asApiError(problem);
      this.phase = this.error.status === 404 ? 'missing' : 'failed';
    }
  }

  /** Sends a person's message and follows the reply; true once the manager has it. */
  send(content: string, options: MessageOptions): Promise<boolean> {
    return this.#post({ content }, options);
  }

  /** Gives the results of tool calls back to the model, all in one turn; true once the manager has them. */
  giveResults(results: ToolResult[], options: MessageOptions): Promise<boolean> {
    return this.#post({ results }, options);
  }

  /** Sends again what was not taken, or what the last reply answered. */
  async retry(options: MessageOptions): Promise<boolean> {
    const draft = this.unsent ?? this.#lastAsked();
    return draft ? this.#post(draft, options) : false;
  }

  async stop(): Promise<void> {
    try {
      await this.reply?.stop();
    } catch (problem) {
      this.error = asApiError(problem);
    }
  }

  reconnect(): void {
    if (this.reply) void this.#watch(this.reply);
  }

  async #load(id: string): Promise<void> {
    const { messages } = await api.getConversation(id);
    if (this.id !== id) return;
    this.reply?.detach();
    this.messages = messages;
    this.phase = 'ready';
    const last = this.messages.at(-1);
    if (last?.status === 'streaming') this.#follow(last);
  }

  async #post(draft: Draft, options: MessageOptions): Promise<boolean> {
    if (this.sending || this.streaming) return false;
    this.sending = true;
    this.error = null;
    this.unsent = null;
    try {
      this.id ??= (await conversations.create(draft.content ?? '', options.model ?? null)).id;
      const { said, reply } = await this.#give(this.id, draft, options);
      this.messages.push(...said, reply);
      conversations.touch(this.id, reply.created_at);
      this.#follow(this.messages.at(-1)!);
      return true;
    } catch (problem) {
      this.error = asApiError(problem);
      this.unsent = draft;
      // Another window has asked meanwhile: show what it started.
      if (this.id && this.error.code === 'reply_running')
        await this.#load(this.id).catch(() => undefined);
      return false;
    } finally {
      this.sending = false;
    }
  }

  async #give(id: string, draft: Draft, options: MessageOptions) {
    if (draft.results) {
      const { messages, reply } = await api.sendResults(id, { ...options, results: draft.results });
      return { said: messages, reply };
    }
    const asked = { ...options, content: draft.content, role: 'user' as const };
    const { message, reply } = await api.sendMessage(id, asked);
    return { said: [message], reply };
  }

  #follow(message: Message): void {
    this.reply = new Reply(message);
    void this.#watch(this.reply);
  }

  async #watch(reply: Reply): Promise<void> {
    await reply.follow();
    if (reply.reasoningMs !== null) this.reasoningMs[reply.message.id] = reply.reasoningMs;
  }

  /** What the last reply answered: a person's message, or all results given before it. */
  #lastAsked(): Draft | null {
    const asked = this.messages.findLastIndex((message) => message.role !== 'assistant');
    const last = this.messages[asked];
    if (!last) return null;
    if (last.role === 'user') return { content: last.content };
    const before = this.messages.slice(0, asked).findLastIndex(({ role }) => role !== 'tool');
    return { results: this.messages.slice(before + 1, asked + 1).flatMap(resultOf) };
  }

  #leave(): void {
    this.reply?.detach();
    this.reply = null;
    this.messages = [];
    this.error = null;
    this.unsent = null;
    this.phase = 'ready';
  }
}

function resultOf({ tool_call_id, content }: Message): ToolResult[] {
  return tool_call_id ? [{ tool_call_id, content }] : [];
}

export const conversation = new OpenConversation();
