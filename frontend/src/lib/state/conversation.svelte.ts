/** The open conversation: the branch that is shown, and the replies being written into it. */
import { lastMessages, replyBeside, showBranch } from '$lib/api/branches';
import { stopReply } from '$lib/api/chat';
import { ApiError, asApiError } from '$lib/api/errors';
import type { AttachmentRef, Message, PlacedMessage, ToolResult } from '$lib/api/types';
import { conversations } from './conversations.svelte';
import { drafts } from './drafts.svelte';
import { FollowedReplies } from './followed-replies.svelte';
import { giveTurn } from './give-turn';
import { branchAfter, standsIn, titleOf, words, type Draft, type MessageOptions } from './turn';

export type { MessageOptions } from './turn';

/** Messages to a page: some screens full; a search for one message takes the largest there is. */
const PAGE = 60;
const LARGEST_PAGE = 200;

export class OpenConversation {
  id = $state<string | null>(null);
  /** Only the last place changes, where replies are written, and that one is reactive by itself. */
  messages = $state.raw<readonly PlacedMessage[]>([]);
  /** The last change put older messages in front: who reads on keeps their place. */
  grewInFront = $state(false);
  readonly replies = new FollowedReplies();
  phase = $state<'ready' | 'loading' | 'missing' | 'failed'>('ready');
  /** Why opening, sending or stopping failed. */
  error = $state<ApiError | null>(null);
  /** A message the manager did not take, kept to be sent again. */
  unsent = $state.raw<Draft | null>(null);
  sending = $state(false);
  /** Who asked to stop while the question was on its way gets no reply to it, be they gone. */
  #unwanted = false;
  /** Another branch is on its way. */
  switching = $state(false);
  loadingOlder = $state(false);
  /** Older messages did not come: they are fetched again only when somebody asks. */
  olderFailed = $state(false);
  #olderCursor = $state<string | null>(null);
  #older: Promise<void> | null = null;
  /** Moves on when the conversation is left: what was asked for before belongs elsewhere. */
  #visit = 0;

  get streaming(): boolean {
    return this.replies.streaming;
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
    if (this.unsent) drafts.giveBack(this.id, this.unsent);
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

  /** Puts the messages before the first one shown in front of it, or sets `olderFailed`. Who asks
   * while some are on their way waits for those. */
  loadOlder(limit = PAGE): Promise<void> {
    this.#older ??= this.#loadOlder(limit).finally(() => (this.#older = null));
    return this.#older;
  }

  /** Brings the whole branch into the list, page by page, or sets `olderFailed`. */
  async loadWhole(): Promise<void> {
    const { id } = this;
    while (this.id === id && this.hasOlder && !this.olderFailed) await this.loadOlder(LARGEST_PAGE);
  }

  async #loadOlder(limit: number): Promise<void> {
    const { id } = this;
    const cursor = this.#olderCursor;
    if (id === null || cursor === null) return;
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
    const has = () => this.messages.some((place) => standsIn(place, messageId));
    const visit = this.#visit;
    const isHere = () => visit === this.#visit;
    while (isHere() && !has() && this.hasOlder && !this.olderFailed)
      await this.loadOlder(LARGEST_PAGE);
    if (isHere() && !has() && this.idle) await this.show(messageId);
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

  /** The same question to two models, whose replies are written at once. */
  async compare(
    content: string,
    options: MessageOptions,
    second: string,
    files: AttachmentRef[] = [],
  ): Promise<boolean> {
    const visit = this.#visit;
    if (!(await this.send(content, options, files))) return false;
    const first = this.messages.at(-1);
    if (first && visit === this.#visit && !this.#unwanted)
      await this.#askBeside(first, { ...options, model: second });
    return true;
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

  /** Stops one reply, or all that are being written, or are once the question is taken. */
  async stop(message?: Message): Promise<void> {
    if (!message) this.#unwanted = this.sending;
    try {
      await this.replies.stop(message);
    } catch (problem) {
      this.error = asApiError(problem);
    }
  }

  /** Forgets the conversation, and a message that was not taken: the next person knows neither. */
  clear(): void {
    this.#leave();
    this.id = null;
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
    this.#put(messages);
    this.#olderCursor = olderCursor;
    this.olderFailed = false;
    this.#follow();
  }

  async #post(draft: Draft, options: MessageOptions): Promise<boolean> {
    if (!this.idle) return false;
    this.sending = true;
    this.#unwanted = false;
    this.error = null;
    this.unsent = null;
    const visit = this.#visit;
    try {
      const title = titleOf(draft);
      const id = this.id ?? (await conversations.create(title, options.model ?? null)).id;
      if (visit === this.#visit) this.id = id;
      const turn = await giveTurn(id, draft, options);
      conversations.touch(id, turn.reply.created_at);
      // Where stopping fails the reply is shown being written, and can be stopped again.
      if (this.#unwanted) turn.reply = await stopReply(turn.reply.id).catch(() => turn.reply);
      if (visit !== this.#visit) return await this.#returnTo(id);
      this.#put(branchAfter(this.messages, draft, turn));
      this.#follow();
      return true;
    } catch (problem) {
      if (visit !== this.#visit) return false;
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

  /** A turn was kept after its conversation was left. Who is back has read it without the turn. */
  async #returnTo(id: string): Promise<true> {
    if (this.id === id) await this.#load(id).catch(() => undefined);
    return true;
  }

  /** Follows what is being written in the last place, which is reactive from here on. */
  #follow(): void {
    this.replies.leave();
    const last = this.messages.at(-1);
    if (!last) return;
    const row = $state(last);
    this.#put([...this.messages.slice(0, -1), row]);
    for (const reply of [row, row.beside]) {
      if (reply?.status === 'streaming') this.replies.follow(reply);
    }
  }

  /** Asks for another reply beside one, which goes on whatever becomes of this. */
  async #askBeside(first: PlacedMessage, options: MessageOptions): Promise<void> {
    this.sending = true;
    const left = () => this.messages.at(-1) !== first;
    try {
      const reply = await replyBeside(first.id, options);
      if (left()) return;
      first.versions.push(reply.id);
      first.beside = reply;
      this.replies.follow(first.beside);
      if (this.#unwanted) void this.stop();
    } catch (problem) {
      if (!left()) this.error = asApiError(problem);
    } finally {
      this.sending = false;
    }
  }

  #leave(): void {
    this.#visit += 1;
    this.replies.leave();
    this.#put([]);
    this.#olderCursor = null;
    this.olderFailed = false;
    this.error = null;
    this.unsent = null;
    this.phase = 'ready';
  }
}

export const conversation = new OpenConversation();
