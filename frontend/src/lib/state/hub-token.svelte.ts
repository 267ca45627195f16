/** Whether the hub is shown a token, and where that comes from; never the token itself. */
import type { ApiError } from '$lib/api/errors';
import { forgetHubToken, readHubToken, saveHubToken } from '$lib/api/hub-token';
import type { HubTokenState } from '$lib/api/types';
import { belongsToSession } from './belongings';
import { failureOf } from './failure';

export class HubToken {
  state = $state.raw<HubTokenState | null>(null);
  error = $state<ApiError | null>(null);
  busy = $state(false);

  async load(): Promise<void> {
    this.error = await failureOf(async () => {
      this.state = await readHubToken();
    });
  }

  /** Null, or why it was not taken. */
  save(token: string): Promise<ApiError | null> {
    return this.#change(async () => {
      this.state = await saveHubToken(token);
    });
  }

  /** Null, or why it stays. */
  forget(): Promise<ApiError | null> {
    return this.#change(async () => {
      await forgetHubToken();
      this.state = await readHubToken();
    });
  }

  clear(): void {
    this.state = null;
    this.error = null;
  }

  async #change(work: () => Promise<void>): Promise<ApiError | null> {
    this.busy = true;
    const failure = await failureOf(work);
    this.busy = false;
    return failure;
  }
}

export const hubToken = new HubToken();
belongsToSession(() => hubToken.clear());
