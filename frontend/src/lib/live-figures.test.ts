import { describe, expect, it } from 'vitest';
import { liveSum } from './live-figures';
import { aLive, aResident } from './testing/models';
import { aServer } from './testing/profiles';

const busy = aLive({
  running: 2,
  waiting: 1,
  tokens_per_second: 40,
  prompt_tokens: 1000,
  cached_tokens: 500,
});

describe('what all models do together', () => {
  it('is the sum of the pool and the processes, a profile in the pool counted once', () => {
    const servers = [
      aServer({ state: 'running', live: busy }),
      aServer({
        profile_id: 'profile-2',
        placement: 'process',
        live: aLive({ running: 1, tokens_per_second: 2.5, prompt_tokens: 1000 }),
      }),
      aServer({ profile_id: 'profile-3', placement: 'process', live: null }),
    ];
    expect(liveSum([aResident({ live: busy })], servers)).toEqual({
      running: 3,
      waiting: 1,
      tokensPerSecond: 42.5,
      cacheHitRate: 0.25,
    });
  });

  it('knows no hit rate before the first prompt', () => {
    expect(liveSum([aResident()], [])?.cacheHitRate).toBeNull();
    expect(liveSum([], [])?.running).toBe(0);
  });

  it('is not known where the manager does not tell it', () => {
    expect(liveSum([aResident({ live: undefined })], [])).toBeNull();
  });
});
