import { beforeEach, describe, expect, it } from 'vitest';
import { EVERYTHING } from '$lib/audit-filter';
import { Gate } from '$lib/testing/gate';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { Audit } from './audit.svelte';

beforeEach(() => {
  manager.on('GET /api/audit', (reply, asked) => {
    const second = asked.query.get('cursor') === 'next';
    const body = { items: [{ id: second ? 1 : 2 }], next_cursor: second ? null : 'next' };
    json(200, body)(reply, asked);
  });
  manager.on('GET /api/audit/statistics', json(200, { requests: 2, failed: 1 }));
});

describe('the audit', () => {
  it('gives page after page of one period', async () => {
    const audit = new Audit();
    await audit.show({ ...EVERYTHING, outcome: 'failed', area: 'v1' });
    await audit.list.more();
    expect(audit.list.items.map((row) => row.id)).toEqual([2, 1]);
    expect(audit.statistics?.failed).toBe(1);
    const asked = manager.asked.map(({ query }) => query);
    expect(new Set(asked.map((query) => query.get('since'))).size).toBe(1);
    expect(asked.every((query) => query.get('failed') === 'true')).toBe(true);
  });

  it('shows the numbers of the list that it shows, whichever come first', async () => {
    const gate = new Gate();
    manager.on('GET /api/audit/statistics', async (reply, asked) => {
      const isSlow = !asked.query.has('model');
      if (isSlow) await gate.opened;
      json(200, { requests: isSlow ? 99 : 1, failed: 0 })(reply, asked);
    });
    const audit = new Audit();
    const first = audit.show(EVERYTHING);
    await audit.show({ ...EVERYTHING, model: 'a/b' });
    gate.open();
    await first;
    expect(audit.statistics?.requests).toBe(1);
  });

  it('tells why the list failed, with or without its numbers', async () => {
    manager.on('GET /api/audit', json(403, { detail: 'For administrators.', code: 'x' }));
    manager.on(
      'GET /api/audit/statistics',
      json(403, { detail: 'For administrators.', code: 'x' }),
    );
    const audit = new Audit();
    await audit.show(EVERYTHING);
    expect(audit.list.error?.message).toBe('For administrators.');
    expect(audit.statistics).toBeNull();
  });

  it('exports what fits as a file', async () => {
    manager.on('GET /api/audit/export', (reply, asked) => {
      reply.writeHead(200, { 'content-type': 'text/csv' });
      reply.end(`model=${asked.query.get('model')},format=${asked.query.get('format')}`);
    });
    const audit = new Audit();
    await audit.show({ ...EVERYTHING, model: 'a/b' });
    const kept: [string, string][] = [];
    const texts: Promise<void>[] = [];
    const failure = await audit.export('csv', (file, name) => {
      texts.push(file.text().then((text) => void kept.push([name, text])));
    });
    await Promise.all(texts);
    expect(failure).toBeNull();
    expect(kept).toEqual([['audit.csv', 'model=a/b,format=csv']]);
  });
});
