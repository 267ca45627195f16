import { beforeEach, describe, expect, it } from 'vitest';
import { tokensOf } from '$lib/usage-report';
import { aUsageRow } from '$lib/testing/accounts';
import { Gate } from '$lib/testing/gate';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { Usage } from './usage.svelte';

const daysAgo = (count: number) =>
  new Date(Date.now() - count * 86_400_000).toISOString().slice(0, 10);
const today = daysAgo(0);
const models = Array.from({ length: 7 }, (_, index) =>
  aUsageRow({ model: `org/m${index}`, requests: 1, prompt_tokens: 10 + index }),
);
const whole = { requests: 7, prompt_tokens: 91 };

beforeEach(() => {
  manager.on('GET /api/usage', (reply, asked) => {
    const { query } = asked;
    const model = models.find((row) => row.model === query.get('model'));
    const day = model ? { ...model, model: null, day: today } : aUsageRow({ ...whole, day: today });
    const items = query.get('by') === 'model' ? models : [day];
    const total = aUsageRow(whole);
    json(200, { since: '', until: '', items, total, next_cursor: null })(reply, asked);
  });
});

describe('the usage', () => {
  it('has a series for the five biggest, and one for the rest', async () => {
    const usage = new Usage();
    await usage.load();
    const { report } = usage;
    expect(report?.days).toHaveLength(30);
    expect(report?.series.map((series) => [series.name, tokensOf(series.total)])).toEqual([
      ['m6', 16],
      ['m5', 15],
      ['m4', 14],
      ['m3', 13],
      ['m2', 12],
      ['Others', 21],
    ]);
    expect(report?.whole.at(-1)?.requests).toBe(7);
  });

  it('keeps what it shows when the manager goes away', async () => {
    const usage = new Usage();
    await usage.load();
    manager.on('GET /api/usage', (reply) => void reply.destroy());
    await usage.load();
    expect(usage.error?.unreachable).toBe(true);
    expect(usage.report?.series).toHaveLength(6);
  });

  it('asks for everybody and other days when told to', async () => {
    const usage = new Usage();
    usage.dayCount = 7;
    usage.everybodys = true;
    await usage.load();
    expect(usage.report?.days).toHaveLength(7);
    expect(new Set(manager.asked.map((asked) => asked.query.get('all')))).toEqual(
      new Set(['true']),
    );
  });

  it('lets a later question overtake an earlier one', async () => {
    const gate = new Gate();
    manager.on('GET /api/usage', async (reply, asked) => {
      if (asked.query.get('since') !== daysAgo(6)) await gate.opened;
      const total = aUsageRow(whole);
      json(200, { since: '', until: '', items: [], total, next_cursor: null })(reply, asked);
    });
    const usage = new Usage();
    const first = usage.load();
    usage.dayCount = 7;
    await usage.load();
    gate.open();
    await first;
    expect(usage.report?.days).toHaveLength(7);
    expect(usage.loading).toBe(false);
  });
});
