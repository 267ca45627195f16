import { beforeEach, describe, expect, it } from 'vitest';
import type { Download, DownloadState } from '$lib/api/types';
import { aDownload } from '$lib/testing/models';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { actionsOf, Downloads, isMoving, shareOf } from './downloads.svelte';

const PAUSE = 'POST /api/models/downloads/download-1/pause';
let downloads: Downloads;
beforeEach(() => (downloads = new Downloads()));

describe('what may be done', () => {
  it.each<[DownloadState, string[]]>([
    ['queued', ['pause', 'cancel']],
    ['downloading', ['pause', 'cancel']],
    ['waiting', ['resume', 'pause', 'cancel']],
    ['paused', ['resume', 'cancel']],
    ['failed', ['resume', 'cancel']],
    ['complete', []],
    ['cancelled', []],
  ])('while %s', (state, actions) => {
    expect(actionsOf(aDownload({ state }))).toEqual(actions);
  });
});

describe('how far it is', () => {
  it.each<[Partial<Download>, number | null]>([
    [{}, 0.25],
    [{ bytes_total: null }, null],
    [{ bytes_total: 0 }, null],
    [{ bytes_done: 2000 }, 1],
    [{ state: 'complete', bytes_total: null }, 1],
  ])('%j', (change, share) => {
    expect(shareOf(aDownload(change))).toBe(share);
  });

  it('all together, of those whose size is known', () => {
    downloads.take({
      downloads: [
        aDownload({ id: '1', bytes_done: 500 }),
        aDownload({ id: '2', bytes_done: 0, bytes_total: 3000 }),
        aDownload({ id: '3', bytes_total: null }),
        aDownload({ id: '4', state: 'paused', bytes_done: 1000 }),
      ],
    });
    expect(downloads.moving).toHaveLength(3);
    expect(downloads.share).toBe(0.125);
  });
});

describe('the downloads', () => {
  it('tell apart what moves, what rests and what has ended', () => {
    const states: DownloadState[] = ['downloading', 'paused', 'failed', 'complete', 'cancelled'];
    downloads.take({ downloads: states.map((state) => aDownload({ id: state, state })) });
    expect(downloads.unfinished.map((each) => each.id)).toEqual(states.slice(0, 3));
    expect(downloads.ended.map((each) => each.id)).toEqual(states.slice(3));
    expect(downloads.items.filter(isMoving).map((each) => each.id)).toEqual(['downloading']);
    expect(downloads.of('org/one')?.id).toBe('downloading');
    expect(downloads.of('org/two')).toBeUndefined();
  });

  it('begin at once in the list, before the feed tells of them', async () => {
    manager.on('POST /api/models/downloads', json(201, aDownload({ state: 'queued' })));
    expect(await downloads.start('org/one')).toBeNull();
    expect(manager.asked[0]?.body).toEqual({ model: 'org/one' });
    expect(downloads.of('org/one')?.state).toBe('queued');
  });

  it('say why one does not begin', async () => {
    manager.on('POST /api/models/downloads', json(503, { detail: 'Off.', code: 'offline_mode' }));
    expect((await downloads.start('org/one'))?.code).toBe('offline_mode');
    expect(downloads.items).toEqual([]);
  });

  it('take the new state from the answer, and show a refusal where it was asked', async () => {
    downloads.take({ downloads: [aDownload()] });
    manager.on(PAUSE, json(200, aDownload({ state: 'paused' })));
    await downloads.act('download-1', 'pause');
    expect(downloads.items[0]?.state).toBe('paused');

    manager.on(PAUSE, json(409, { detail: 'It is complete.', code: 'download_ended' }));
    await downloads.act('download-1', 'pause');
    expect(downloads.refused['download-1']?.message).toBe('It is complete.');
    expect(downloads.busy).toEqual({});
  });

  it('tell once when one that was under way is complete, and not of old ones', () => {
    const told: string[] = [];
    const stop = downloads.onComplete((download) => told.push(download.id));
    const old = aDownload({ id: 'old', state: 'complete' });
    downloads.take({ downloads: [aDownload(), old] });
    const done = [aDownload({ state: 'complete' }), old];
    downloads.take({ downloads: done });
    downloads.take({ downloads: done });
    expect(told).toEqual(['download-1']);
    stop();
    downloads.take({ downloads: [aDownload({ id: 'next' })] });
    downloads.take({ downloads: [aDownload({ id: 'next', state: 'complete' })] });
    expect(told).toEqual(['download-1']);
  });
});
