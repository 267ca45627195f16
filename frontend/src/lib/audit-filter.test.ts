import { describe, expect, it } from 'vitest';
import { EVERYTHING, filterOf, isNarrowed, searchOf, viewOf } from './audit-filter';

const NOW = Date.parse('2026-01-08T00:00:00Z');

describe("the audit's filter", () => {
  it('goes into the address and comes back', () => {
    const view = {
      ...EVERYTHING,
      period: 'week' as const,
      model: 'a/b',
      outcome: 'failed' as const,
    };
    expect(searchOf(view)).toBe('?period=week&outcome=failed&model=a%2Fb');
    expect(viewOf(new URLSearchParams(searchOf(view)))).toEqual(view);
    expect(searchOf(EVERYTHING)).toBe('');
  });

  it('takes words it does not know for nothing asked', () => {
    expect(viewOf(new URLSearchParams('period=century&area=moon'))).toEqual(EVERYTHING);
  });

  it('becomes what the manager understands', () => {
    expect(filterOf({ ...EVERYTHING, period: 'all' }, NOW)).toEqual({});
    expect(filterOf({ ...EVERYTHING, outcome: 'good', userId: 'u' }, NOW)).toEqual({
      since: '2026-01-07T00:00:00.000Z',
      failed: false,
      user_id: 'u',
    });
  });

  it('is narrow when more than the period is asked', () => {
    expect(isNarrowed({ ...EVERYTHING, period: 'all' })).toBe(false);
    expect(isNarrowed({ ...EVERYTHING, requestId: 'x' })).toBe(true);
  });
});
