/** A reply while the manager writes it: follows its events and survives a dropped connection. */
import { replyEvents, stopReply, type ReplyEvent } from '$lib/api/chat';
import { asApiError, isAbort } from '$lib/api/errors';
import type { Message } from '$lib/api/types';
import { FrameBatch } from './frame';

const RETRY_DELAYS_MS = [250, 1000, 3000];

export class Reply {
  /** Tokens of the prompt read so far; null before the first and after the last. */
  progress = $state<{ processed: number; total: number } | null>(null);
  /** Lost after several tries to reattach; follow() tries again. */
  connection = $state<'live' | 'lost' | 'ended'>('live');
  /** How long the reasoning took, measured here; null when this page did not see it begin. */
  reasoningMs = $state<number | null>(null);

  #text = '';
  #reasoning = '';
  #reasoningStarted: number | null = null;
  #batch = new FrameBatch(() => this.#flush());
  #abort = new AbortController();

  /** `message` is the conversation's own reactive row: what arrives is written into it. */
  constructor(
    readonly message: Message,
    private readonly delays: readonly number[] = RETRY_DELAYS_MS,
  ) {}

  /** Resolves when the reply is complete, given up on (`lost`), or left with detach(). */
  async follow(): Promise<void> {
    this.connection = 'live';
    for (let attempt = 0; !this.#abort.signal.aborted; attempt++) {
      try {
        for await (const event of replyEvents(this.message.id, this.#abort.signal)) {
          attempt = 0;
          this.apply(event);
        }
      } catch (problem) {
        if (isAbort(problem)) return;
        // Refused, not dropped: asking again would be refused again.
        if (asApiError(problem).status >= 400 && asApiError(problem).status < 500)
          attempt = this.delays.length;
      }
      if (this.#ended) return;
      const delay = this.delays[attempt];
      if (delay === undefined) {
        this.connection = 'lost';
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }

  /** Stops listening; the manager goes on writing. */
  detach(): void {
    this.#abort.abort();
  }

  /** Asks the manager to stop; the text so far stays. Raises ApiError. */
  async stop(): Promise<void> {
    this.#replace(await stopReply(this.message.id));
    if (this.message.status === 'streaming') return;
    this.connection = 'ended';
    this.detach();
  }

  apply(event: ReplyEvent): void {
    switch (event.type) {
      case 'snapshot':
        return this.#replace(event.message);
      case 'done':
        this.#replace(event.message);
        this.#endReasoning();
        this.connection = 'ended';
        return;
      case 'progress':
        this.progress = { processed: event.processed, total: event.total };
        return;
      case 'text':
        this.#endReasoning();
        this.#text += event.delta;
        return this.#batch.request();
      case 'reasoning':
        this.#reasoningStarted ??= performance.now();
        this.#reasoning += event.delta;
        return this.#batch.request();
      case 'tool_call':
        this.#endReasoning();
        return this.#toolCall(event);
    }
  }

  /** Read through a method: events change it while follow() waits. */
  get #ended(): boolean {
    return this.connection === 'ended';
  }

  #flush(): void {
    this.progress = null;
    if (this.#text) this.message.content += this.#text;
    if (this.#reasoning) this.message.reasoning += this.#reasoning;
    this.#text = '';
    this.#reasoning = '';
  }

  /** A whole message from the manager replaces what was pieced together, and what was still to be shown. */
  #replace(message: Message): void {
    this.#text = '';
    this.#reasoning = '';
    this.progress = null;
    Object.assign(this.message, message);
  }

  #toolCall(event: Extract<ReplyEvent, { type: 'tool_call' }>): void {
    this.progress = null;
    const calls = this.message.tool_calls;
    while (calls.length <= event.index) calls.push({ id: '', name: '', arguments: '' });
    const call = calls[event.index]!;
    if (event.id) call.id = event.id;
    if (event.name) call.name = event.name;
    if (event.arguments_delta) call.arguments += event.arguments_delta;
  }

  #endReasoning(): void {
    if (this.#reasoningStarted === null || this.reasoningMs !== null) return;
    this.reasoningMs = performance.now() - this.#reasoningStarted;
  }
}
