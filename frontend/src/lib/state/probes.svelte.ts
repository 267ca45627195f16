/** Models being run to see what they can do, and what came of it. */
import { ApiError, asApiError } from '$lib/api/errors';
import { probeModel } from '$lib/api/probes';
import type { LocalModel, Probe, ProbeCheck } from '$lib/api/types';
import { probe as words } from '$lib/strings/probe';
import { belongsToSession } from './belongings';

export class Probes {
  /** The model that is being tried; the manager tries one at a time, and so does this page. */
  model = $state<string | null>(null);
  /** What has been tried of it so far. */
  checks = $state.raw<ProbeCheck[]>([]);
  /** Why the last one of a model did not come to an end. */
  failed = $state<Record<string, ApiError>>({});
  #found = $state<Record<string, Probe>>({});
  #asking: AbortController | null = null;

  /** The last probe of a model, be it newer than the list that shows the model. */
  of({ id, probe }: Pick<LocalModel, 'id' | 'probe'>): Probe | null {
    const found = this.#found[id];
    if (!found || !probe) return found ?? probe;
    return Date.parse(found.probed_at) > Date.parse(probe.probed_at) ? found : probe;
  }

  /** Runs to the end unless it is stopped; what is wrong then stands in `failed`. */
  async run(id: string): Promise<void> {
    if (this.model !== null) return;
    const asking = (this.#asking = new AbortController());
    this.model = id;
    this.checks = [];
    Reflect.deleteProperty(this.failed, id);
    try {
      const ended = await this.#follow(id, asking.signal);
      // A manager that goes away ends the stream like any other end.
      if (!ended) this.failed[id] = new ApiError(words.cut, 0, 'probe_cut');
    } catch (problem) {
      if (!asking.signal.aborted) this.failed[id] = asApiError(problem);
    } finally {
      if (this.#asking === asking) this.model = this.#asking = null;
    }
  }

  /** Ends the one under way; what was found before stays. */
  stop(): void {
    this.#asking?.abort();
    this.#asking = null;
    this.model = null;
  }

  clear(): void {
    this.stop();
    this.checks = [];
    this.failed = {};
    this.#found = {};
  }

  async #follow(id: string, signal: AbortSignal): Promise<boolean> {
    for await (const event of probeModel(id, signal)) {
      if (signal.aborted) return true;
      if (event.event === 'check') this.checks = [...this.checks, event.check];
      else {
        this.#found[id] = event.probe;
        return true;
      }
    }
    return signal.aborted;
  }
}

export const probes = new Probes();
belongsToSession(() => probes.clear());
