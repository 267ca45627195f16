/** The question where a request would go, and the answer of this moment. */
import type { ApiError } from '$lib/api/errors';
import { askRoute } from '$lib/api/routing';
import type { RouteAnswer, RouteQuestion } from '$lib/api/types';
import { belongsToSession } from './belongings';
import { failureOf } from './failure';

export class RouteTester {
  model = $state('');
  /** Empty for a caller without account and key, else "user:" or "key:" and the id. */
  caller = $state('');
  promptTokens = $state('');
  answer = $state.raw<RouteAnswer | null>(null);
  error = $state.raw<ApiError | null>(null);
  asking = $state(false);
  #question = 0;

  /** Never raises: see `error`. An answer that a later question has overtaken is not shown. */
  async ask(promptTokens: number): Promise<void> {
    const question = ++this.#question;
    this.asking = true;
    let answer: RouteAnswer | null = null;
    const error = await failureOf(async () => {
      answer = await askRoute({
        model: this.model.trim(),
        prompt_tokens: promptTokens,
        ...callerOf(this.caller),
      });
    });
    if (question !== this.#question) return;
    this.asking = false;
    this.answer = answer;
    this.error = error;
  }

  /** What was answered is of another question now. */
  reset(): void {
    this.#question += 1;
    this.asking = false;
    this.answer = null;
    this.error = null;
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
