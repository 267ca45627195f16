import { describe, expect, it } from 'vitest';
import { groupByDay } from './day-groups';

// A Wednesday, shortly after midnight.
const NOW = Date.parse('2026-03-11T00:30:00Z');
const at = (updated_at: string) => ({ updated_at });

describe('the days of conversations', () => {
  it.each([
    ['2026-03-11T00:10:00Z', 'Today'],
    ['2026-03-11T08:00:00Z', 'Today'],
    ['2026-03-10T23:59:00Z', 'Yesterday'],
    ['2026-03-09T12:00:00Z', 'Monday'],
    ['2026-03-05T00:00:00Z', 'Thursday'],
    ['2026-03-04T23:00:00Z', 'March'],
    ['2026-01-31T12:00:00Z', 'January'],
    ['2025-12-31T12:00:00Z', 'December 2025'],
  ])('%s is under %s', (moment, label) => {
    expect(groupByDay([at(moment)], NOW).map((group) => group.label)).toEqual([label]);
  });

  it('keeps the order and puts one day together', () => {
    const items = ['2026-03-11T00:20:00Z', '2026-03-11T00:10:00Z', '2026-03-10T10:00:00Z'].map(at);
    expect(groupByDay(items, NOW)).toEqual([
      { label: 'Today', items: items.slice(0, 2) },
      { label: 'Yesterday', items: items.slice(2) },
    ]);
  });
});
