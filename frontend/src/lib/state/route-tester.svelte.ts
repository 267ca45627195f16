/** The question where a request would go, and the answer of this moment. */
import type { ApiError } from '$lib/api/errors';
import { askRoute } from '$lib/api/routing';
import type { RouteAnswer, RouteQuestion } from '$lib/api/types';
import { Asking } from './asking.svelte';
import { belongsToSession } from './belongings';

export class RouteTester {
  model = $state('');
  /** Empty for a caller without account and key, else "user:" or "key:" and the id. */
  caller = $state('');
  promptTokens = $state('');
  answer = $state.raw<RouteAnswer | null>(null);
  readonly #asking = new Asking();

  get asking(): boolean {
    return this.#asking.loading;
  }

  get error(): ApiError | null {
    return this.#asking.error;
  }

  /** Never raises: see `error`. An answer that a later question has overtaken is not shown. */
  async ask(promptTokens: number): Promise<void> {
    const question = {
      model: this.model.trim(),
      prompt_tokens: promptTokens,
      ...callerOf(this.caller),
    };
    await this.#asking.ask(
      () => askRoute(question),
      (answer) => (this.answer = answer),
    );
    if (this.error) this.answer = null;
  }

  /** What was answered is of another question now. */
  reset(): void {
    this.#asking.drop();
    this.answer = null;
  }

  clear(): void {
    this.reset();
    this.model = this.caller = this.promptTokens = '';
  }
}

function callerOf(choice: string): Pick<RouteQuestion, 'user_id' | 'key_id'> {
  const [kind, id = ''] = choice.split(':', 2);
  if (kind === 'user') return { user_id: id };
  return kind === 'key' ? { key_id: id } : {};
}

export const routeTester = new RouteTester();
belongsToSession(() => routeTester.clear());
