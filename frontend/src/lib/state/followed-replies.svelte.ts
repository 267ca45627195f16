/** The replies that this page follows while the manager writes them: one, or two that are compared. */
import type { Message } from '$lib/api/types';
import { Reply } from './reply.svelte';

export class FollowedReplies {
  /** Seconds of reasoning measured here, by message id. */
  reasoningMs = $state<Record<string, number>>({});
  #all = $state.raw<readonly Reply[]>([]);

  /** Something was followed since the last leave(). */
  get any(): boolean {
    return this.#all.length > 0;
  }

  get streaming(): boolean {
    return this.#all.some(({ connection }) => connection !== 'ended');
  }

  of(message: Message): Reply | null {
    return this.#all.find((reply) => reply.message.id === message.id) ?? null;
  }

  /** `message` is a reactive row: what arrives is written into it. */
  follow(message: Message): void {
    const reply = new Reply(message);
    this.#all = [...this.#all, reply];
    void this.#watch(reply);
  }

  reconnect(message: Message): void {
    const reply = this.of(message);
    if (reply) void this.#watch(reply);
  }

  /** Asks the manager to stop one reply, or all of them. Raises ApiError. */
  async stop(message?: Message): Promise<void> {
    const stopped = this.#all.filter(
      (reply) => reply.connection !== 'ended' && (!message || reply.message.id === message.id),
    );
    await Promise.all(stopped.map((reply) => reply.stop()));
  }

  /** Stops listening; the manager goes on writing. */
  leave(): void {
    for (const reply of this.#all) reply.detach();
    this.#all = [];
  }

  async #watch(reply: Reply): Promise<void> {
    await reply.follow();
    if (reply.reasoningMs !== null) this.reasoningMs[reply.message.id] = reply.reasoningMs;
  }
}
