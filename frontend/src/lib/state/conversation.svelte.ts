/** The open conversation: its messages, and the reply being written into it. */
import * as api from '$lib/api/chat';
import { ApiError, asApiError } from '$lib/api/errors';
import type { Message, MessageCreate } from '$lib/api/types';
import { conversations } from './conversations.svelte';
import { Reply } from './reply.svelte';

/** What a message carries besides its text: model, thinking, tools and sampling. */
export type MessageOptions = Omit<MessageCreate, 'content' | 'role' | 'tool_call_id'>;

type Draft = Pick<MessageCreate, 'content' | 'role' | 'tool_call_id'>;

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
    return this.#post({ content, role: 'user' }, options);
  }

  /** Gives the result of a tool call back to the model; true once the manager has it. */
  giveResult(callId: string, content: string, options: MessageOptions): Promise<boolean> {
    return this.#post({ content, role: 'tool', tool_call_id: callId }, options);
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
      this.id ??= (await conversations.create(draft.content, options.model ?? null)).id;
      const { message, reply } = await api.sendMessage(this.id, { ...options, ...draft });
      this.messages.push(message, reply);
      conversations.touch(this.id, message.created_at);
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

  #follow(message: Message): void {
    this.reply = new Reply(message);
    void this.#watch(this.reply);
  }

  async #watch(reply: Reply): Promise<void> {
    await reply.follow();
    if (reply.reasoningMs !== null) this.reasoningMs[reply.message.id] = reply.reasoningMs;
  }

  #lastAsked(): Draft | null {
    const asked = this.messages.findLast((message) => message.role !== 'assistant');
    if (!asked) return null;
    const role = asked.role === 'tool' ? 'tool' : 'user';
    return { content: asked.content, role, tool_call_id: asked.tool_call_id };
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

export const conversation = new OpenConversation();
