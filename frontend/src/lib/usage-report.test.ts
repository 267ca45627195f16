import { describe, expect, it } from 'vitest';
import { aUsageRow } from './testing/accounts';
import { biggest, byDay, lastDays, latencyOf, NOTHING, restOf, tableText } from './usage-report';

describe('a usage report', () => {
  it('counts days in UTC, today last', () => {
    const now = Date.parse('2026-03-01T23:30:00Z');
    expect(lastDays(3, now)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
  });

  it('has a sum for every day, used or not', () => {
    const rows = [aUsageRow({ day: '2026-01-02', requests: 3 })];
    const sums = byDay(['2026-01-01', '2026-01-02'], rows);
    expect(sums.map((sum) => sum.requests)).toEqual([0, 3]);
  });

  it('ranks by tokens, then by requests', () => {
    const rows = [
      aUsageRow({ model: 'a', requests: 1 }),
      aUsageRow({ model: 'b', requests: 2 }),
      aUsageRow({ model: 'c', completion_tokens: 1 }),
    ];
    expect(biggest(rows, 2).map((row) => row.model)).toEqual(['c', 'b']);
  });

  it('has a rest that is never less than nothing', () => {
    const sums = { ...NOTHING, requests: 3, prompt_tokens: 10 };
    const part = { id: 'a', name: 'a', days: [{ ...sums, prompt_tokens: 12 }], total: sums };
    expect(restOf([sums], [part], 'Others')).toBeNull();
    const rest = restOf([{ ...sums, requests: 5 }], [part], 'Others');
    expect(rest?.total).toEqual({ ...NOTHING, requests: 2 });
  });

  it('has no mean time where there was no request', () => {
    expect(latencyOf(NOTHING)).toBeNull();
    expect(latencyOf({ ...NOTHING, requests: 4, duration_ms: 100 })).toBe(25);
  });

  it('becomes text for a spreadsheet', () => {
    expect(tableText(['Day', 'Requests'], [['2026-01-01', 3]])).toBe(
      'Day\tRequests\n2026-01-01\t3',
    );
  });
});
