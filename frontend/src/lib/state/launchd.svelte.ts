/** Whether the server begins with this Mac. Other systems have no launchd. */
import type { ApiError } from '$lib/api/errors';
import { installLaunchd, readLaunchd, uninstallLaunchd } from '$lib/api/launchd';
import type { Launchd } from '$lib/api/types';
import { belongsToSession } from './belongings';
import { failureOf } from './failure';

export class LaunchdAgent {
  status = $state.raw<Launchd | null>(null);
  error = $state<ApiError | null>(null);
  busy = $state(false);

  load(): Promise<void> {
    return this.#ask(readLaunchd);
  }

  install(): Promise<void> {
    return this.#ask(installLaunchd);
  }

  uninstall(): Promise<void> {
    return this.#ask(uninstallLaunchd);
  }

  clear(): void {
    this.status = null;
    this.error = null;
  }

  /** What was known stays when asking fails; why stands in `error`. */
  async #ask(question: () => Promise<Launchd>): Promise<void> {
    this.busy = true;
    this.error = await failureOf(async () => {
      this.status = await question();
    });
    this.busy = false;
  }
}

export const launchd = new LaunchdAgent();
belongsToSession(() => launchd.clear());
