/** A question to the manager that a later one overtakes: only the last one's answer counts. */
import { asApiError, type ApiError } from '$lib/api/errors';

export class Asking {
  loading = $state(false);
  /** Why the last question was not answered. */
  error = $state<ApiError | null>(null);
  #last: AbortController | null = null;

  /** Gives the answer to `take`, unless another question comes first. Never raises: see `error`. */
  async ask<Answer>(
    question: (signal: AbortSignal) => Promise<Answer>,
    take: (answer: Answer) => void,
  ): Promise<void> {
    this.#last?.abort();
    const { signal } = (this.#last = new AbortController());
    this.loading = true;
    try {
      const answer = await question(signal);
      if (signal.aborted) return;
      take(answer);
      this.error = null;
    } catch (problem) {
      if (!signal.aborted) this.error = asApiError(problem);
    } finally {
      if (!signal.aborted) this.loading = false;
    }
  }

  /** Nobody waits for an answer any more. */
  drop(): void {
    this.#last?.abort();
    this.loading = false;
    this.error = null;
  }
}
