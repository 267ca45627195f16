/** Everybody's downloads, as the feed tells them, and what may be done to them. */
import * as api from '$lib/api/downloads';
import { asApiError, type ApiError } from '$lib/api/errors';
import type { Download, DownloadsEvent, DownloadState } from '$lib/api/types';
import { belongsToSession } from './belongings';
import { feed } from './feed.svelte';

export type DownloadAction = 'pause' | 'resume' | 'cancel';

const ENDED: ReadonlySet<DownloadState> = new Set(['complete', 'cancelled']);
const AT_REST: ReadonlySet<DownloadState> = new Set(['paused', 'failed']);
const ASK = {
  pause: api.pauseDownload,
  resume: api.resumeDownload,
  cancel: api.cancelDownload,
};

export function hasEnded({ state }: Download): boolean {
  return ENDED.has(state);
}

/** On its way without anybody's help. */
export function isMoving(download: Download): boolean {
  return !hasEnded(download) && !AT_REST.has(download.state);
}

/** What makes sense in a state; the manager refuses the rest. */
export function actionsOf({ state }: Download): DownloadAction[] {
  if (ENDED.has(state)) return [];
  if (AT_REST.has(state)) return ['resume', 'cancel'];
  return state === 'waiting' ? ['resume', 'pause', 'cancel'] : ['pause', 'cancel'];
}

/** 0 to 1, or null while the size is not known. */
export function shareOf({ bytes_done, bytes_total, state }: Download): number | null {
  if (state === 'complete') return 1;
  return bytes_total ? Math.min(1, bytes_done / bytes_total) : null;
}

export class Downloads {
  items = $state.raw<Download[]>([]);
  loaded = $state(false);
  /** What is being asked of the manager, by download. */
  busy = $state<Record<string, DownloadAction>>({});
  /** The last action that was refused, by download. */
  refused = $state<Record<string, ApiError>>({});
  #completed: ((download: Download) => void)[] = [];

  /** Calls when a download that was seen under way is complete, until the returned function is. */
  onComplete(listener: (download: Download) => void): () => void {
    this.#completed.push(listener);
    return () => {
      this.#completed = this.#completed.filter((each) => each !== listener);
    };
  }

  get unfinished(): Download[] {
    return this.items.filter((download) => !hasEnded(download));
  }

  get ended(): Download[] {
    return this.items.filter(hasEnded);
  }

  get moving(): Download[] {
    return this.items.filter(isMoving);
  }

  /** How far those that move are, together: 0 to 1. */
  get share(): number {
    const known = this.moving.filter((download) => download.bytes_total !== null);
    const total = known.reduce((sum, download) => sum + (download.bytes_total ?? 0), 0);
    const done = known.reduce((sum, download) => sum + download.bytes_done, 0);
    return total > 0 ? done / total : 0;
  }

  /** The unfinished download of a model. */
  of(model: string): Download | undefined {
    return this.unfinished.find((download) => download.model === model);
  }

  /** Whether the latest download of a model is complete. */
  hasCome(model: string): boolean {
    return this.items.find((download) => download.model === model)?.state === 'complete';
  }

  take({ downloads }: Pick<DownloadsEvent, 'downloads'>): void {
    const before = Object.fromEntries(this.items.map((item) => [item.id, item.state]));
    this.items = downloads;
    this.loaded = true;
    for (const download of downloads) {
      const was = before[download.id];
      if (was === undefined || was === 'complete' || download.state !== 'complete') continue;
      for (const listener of this.#completed) listener(download);
    }
  }

  /** Null, or why it did not begin. */
  async start(model: string): Promise<ApiError | null> {
    try {
      this.#put(await api.createDownload(model));
      return null;
    } catch (problem) {
      return asApiError(problem);
    }
  }

  /** Pauses, resumes or cancels; what the manager says instead stands in `refused`. */
  async act(id: string, action: DownloadAction): Promise<void> {
    if (this.busy[id]) return;
    this.busy[id] = action;
    Reflect.deleteProperty(this.refused, id);
    try {
      this.#put(await ASK[action](id));
    } catch (problem) {
      this.refused[id] = asApiError(problem);
    } finally {
      Reflect.deleteProperty(this.busy, id);
    }
  }

  clear(): void {
    this.items = [];
    this.loaded = false;
    this.busy = {};
    this.refused = {};
  }

  /** The manager's answer comes before the feed's next look. */
  #put(download: Download): void {
    const others = this.items.filter((item) => item.id !== download.id);
    const isNew = others.length === this.items.length;
    this.items = isNew
      ? [download, ...others]
      : this.items.map((item) => (item.id === download.id ? download : item));
  }
}

export const downloads = new Downloads();
feed.listen((event) => {
  if (event.event === 'downloads') downloads.take(event);
});
belongsToSession(() => downloads.clear());
