/** How many accounts wait for approval: the badge beside People. */
import { countPending } from '$lib/api/users';

const PERIOD_MS = 30_000;

export class Pending {
  count = $state(0);

  /** Asks now and every half minute until the returned function is called; pauses in a hidden tab. */
  watch(): () => void {
    const ask = () => {
      if (!document.hidden) void this.refresh();
    };
    ask();
    const timer = setInterval(ask, PERIOD_MS);
    document.addEventListener('visibilitychange', ask);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', ask);
      this.count = 0;
    };
  }

  /** Asks once; a badge that could not be asked for stays as it was. */
  async refresh(): Promise<void> {
    try {
      this.count = await countPending();
    } catch {
      // The status line already tells that the manager is away.
    }
  }
}

export const pending = new Pending();
