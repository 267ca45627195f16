/** How long the latest requests to models took, the oldest first. For administrators. */
import { listAudit } from '$lib/api/audit';
import { belongsToSession } from './belongings';

const MOST = 200;

export class LatestRequests {
  /** Milliseconds each. */
  durations = $state.raw<number[]>([]);

  /** A picture beside others: without it the page still says what it has to say. */
  async load(): Promise<void> {
    try {
      const { items } = await listAudit({ failed: false }, MOST);
      this.durations = items
        .filter((row) => row.completion_tokens > 0)
        .map((row) => row.duration_ms)
        .reverse();
    } catch {
      this.durations = [];
    }
  }

  clear(): void {
    this.durations = [];
  }
}

export const latestRequests = new LatestRequests();
belongsToSession(() => latestRequests.clear());
