/** The open conversation: the branch that is shown, and the reply being written into it. */
import { lastMessages, showBranch } from '$lib/api/branches';
import { ApiError, asApiError } from '$lib/api/errors';
import type { AttachmentRef, PlacedMessage, ToolResult } from '$lib/api/types';
import { Comparison } from './comparison.svelte';
import { conversations } from './conversations.svelte';
import { giveTurn } from './give-turn';
import { Reply } from './reply.svelte';
import { branchAfter, words, type Draft, type MessageOptions } from './turn';

export type { MessageOptions } from './turn';

/** Messages to a page: some screens full; a search for one message takes the largest there is. */
const PAGE = 60;
const LARGEST_PAGE = 200;

export class OpenConversation {
  id = $state<string | null>(null);
  /** Only the reply that is being written changes, and that one is reactive by itself. */
  messages = $state.raw<readonly PlacedMessage[]>([]);
  /** The last change put older messages in front: who reads on keeps their place. */
  grewInFront = $state(false);
  reply = $state<Reply | null>(null);
  phase = $state<'ready' | 'loading' | 'missing' | 'failed'>('ready');
  /** Why opening, sending or stopping failed. */
  error = $state<ApiError | null>(null);
  /** A message the manager did not take, kept to be sent again. */
  unsent = $state.raw<Draft | null>(null);
  sending = $state(false);
  /** Another branch is on its way. */
  switching = $state(false);
  /** Seconds of reasoning measured here, by message id. */
  reasoningMs = $state<Record<string, number>>({});
  /** Two replies to one question, side by side, until one is chosen. */
  comparison = $state<Comparison | null>(null);
  loadingOlder = $state(false);
  /** Older messages did not come: they are fetched again only when somebody asks. */
  olderFailed = $state(false);
  #olderCursor = $state<string | null>(null);
  /** Resolves when the reply that is followed has ended. */
  #watched: Promise<void> = Promise.resolve();

  get streaming(): boolean {
    return this.reply !== null && this.reply.connection !== 'ended';
  }

  /** Messages can be sent, edited and switched now. */
  get idle(): boolean {
    return !this.streaming && !this.sending && !this.switching;
  }

  get hasOlder(): boolean {
    return this.#olderCursor !== null;
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

  /** Puts the messages before the first one shown in front of it, or sets `olderFailed`. */
  async loadOlder(limit = PAGE): Promise<void> {
    const { id } = this;
    const cursor = this.#olderCursor;
    if (id === null || cursor === null || this.loadingOlder) return;
    this.loadingOlder = true;
    this.olderFailed = false;
    try {
      const older = await lastMessages(id, limit, cursor);
      if (this.id !== id || this.#olderCursor !== cursor) return;
      this.#put([...older.messages, ...this.messages], true);
      this.#olderCursor = older.olderCursor;
    } catch (problem) {
      if (this.id !== id) return;
      this.olderFailed = true;
      // Another window shows another branch: this one has no messages before it any more.
      if (asApiError(problem).status === 400) await this.#load(id).catch(() => undefined);
    } finally {
      this.loadingOlder = false;
    }
  }

  /** Brings a message into the list: an older one, or one of another branch. True when it is there. */
  async find(messageId: string): Promise<boolean> {
    const has = () => this.messages.some((message) => message.id === messageId);
    while (!has() && this.hasOlder && !this.olderFailed) await this.loadOlder(LARGEST_PAGE);
    if (!has() && this.idle) await this.show(messageId);
    return has();
  }

  /** Sends a person's message and follows the reply; true once the manager has it. */
  send(content: string, options: MessageOptions, files: AttachmentRef[] = []): Promise<boolean> {
    return this.#post(words(content, files), options);
  }

  /** Says something else in the place of an earlier question, which stays as another version. */
  edit(message: PlacedMessage, content: string, options: MessageOptions): Promise<boolean> {
    return this.#post(words(content, message.attachments, message), options);
  }

  /** Another reply in a reply's place, which stays as another version. */
  again(message: PlacedMessage, options: MessageOptions): Promise<boolean> {
    return this.#post({ kind: 'again', of: message }, options);
  }

  /** Gives the results of tool calls back to the model, all in one turn; true once the manager has them. */
  giveResults(results: ToolResult[], options: MessageOptions): Promise<boolean> {
    return this.#post({ kind: 'results', results }, options);
  }

  /** Sends again what was not taken, or asks for the last reply once more. */
  async retry(options: MessageOptions): Promise<boolean> {
    const last = this.messages.at(-1);
    const draft = this.unsent ?? (last ? { kind: 'again' as const, of: last } : null);
    return draft ? this.#post(draft, options) : false;
  }

  /** The same question to two models, one after the other, so that neither slows the other. */
  async compare(
    content: string,
    options: MessageOptions,
    second: string,
    files: AttachmentRef[] = [],
  ): Promise<boolean> {
    if (!(await this.send(content, options, files))) return false;
    const first = this.messages.at(-1);
    if (!first) return false;
    const comparison = new Comparison(first, second);
    this.comparison = comparison;
    void this.#compareOn(comparison, { ...options, model: second });
    return true;
  }

  /** Goes on with one of the two replies; the other stays as another version of it. */
  async choose(message: PlacedMessage): Promise<void> {
    if (this.messages.some(({ id }) => id === message.id)) this.comparison = null;
    else await this.show(message.id);
  }

  /** Shows the newest branch through a message; errors end in `error`. */
  async show(messageId: string): Promise<void> {
    const { id } = this;
    if (id === null || !this.idle) return;
    this.switching = true;
    try {
      const { messages } = await showBranch(messageId);
      if (this.id !== id) return;
      this.error = null;
      // What was not fetched yet stays so, unless even the first message shown is another now.
      const from = messages.findIndex((message) => message.id === this.messages[0]?.id);
      this.#showMessages(messages.slice(Math.max(0, from)), from > 0 ? this.#olderCursor : null);
    } catch (problem) {
      if (this.id === id) this.error = asApiError(problem);
    } finally {
      this.switching = false;
    }
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

  /** Forgets the conversation, and a message that was not taken: the next person knows neither. */
  clear(): void {
    this.#leave();
    this.id = null;
    this.reasoningMs = {};
  }

  #put(messages: readonly PlacedMessage[], inFront = false): void {
    this.messages = messages;
    this.grewInFront = inFront;
  }

  async #load(id: string): Promise<void> {
    const { messages, olderCursor } = await lastMessages(id, PAGE);
    if (this.id !== id) return;
    this.#showMessages(messages, olderCursor);
    this.phase = 'ready';
  }

  #showMessages(messages: PlacedMessage[], olderCursor: string | null): void {
    this.reply?.detach();
    this.reply = null;
    this.comparison = null;
    this.#put(messages);
    this.#olderCursor = olderCursor;
    this.olderFailed = false;
    if (messages.at(-1)?.status === 'streaming') this.#follow();
  }

  async #post(draft: Draft, options: MessageOptions): Promise<boolean> {
    if (!this.idle) return false;
    this.sending = true;
    this.error = null;
    this.unsent = null;
    try {
      this.id ??= (await conversations.create(titleOf(draft), options.model ?? null)).id;
      const turn = await giveTurn(this.id, draft, options);
      this.#put(branchAfter(this.messages, draft, turn));
      // Whoever writes on has chosen; only the second of the two belongs to the comparison.
      if (draft.kind !== 'again' || draft.of !== this.comparison?.first) this.comparison = null;
      conversations.touch(this.id, turn.reply.created_at);
      this.#follow();
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

  /** Follows the reply that the last message is, which is reactive from here on. */
  #follow(): void {
    const row = $state(this.messages.at(-1)!);
    this.#put([...this.messages.slice(0, -1), row]);
    this.reply = new Reply(row);
    this.#watched = this.#watch(this.reply);
  }

  async #watch(reply: Reply): Promise<void> {
    await reply.follow();
    if (reply.reasoningMs !== null) this.reasoningMs[reply.message.id] = reply.reasoningMs;
  }

  async #compareOn(comparison: Comparison, options: MessageOptions): Promise<void> {
    await this.#watched;
    const left = () => this.comparison !== comparison;
    // Who stopped the first reply, or lost it, has not asked for the second.
    const { status } = comparison.first;
    if (left()) return;
    if (status === 'complete' || status === 'failed') {
      if ((await this.again(comparison.first, options)) && !left())
        comparison.second = this.messages.at(-1) ?? null;
    }
    if (!left() && comparison.second === null) this.comparison = null;
  }

  #leave(): void {
    this.reply?.detach();
    this.reply = null;
    this.#put([]);
    this.#olderCursor = null;
    this.olderFailed = false;
    this.comparison = null;
    this.error = null;
    this.unsent = null;
    this.phase = 'ready';
  }
}

/** A question without words is named after what came with it. */
function titleOf(draft: Draft): string {
  if (draft.kind !== 'words') return '';
  return draft.content.trim() || (draft.attachments[0]?.name ?? '');
}

export const conversation = new OpenConversation();
