/** What models do at this moment, one by one and all together. Pure. */
import type { LiveFigures, ResidentModel, Server } from '$lib/api/types';

export interface LiveSum {
  running: number;
  waiting: number;
  tokensPerSecond: number;
  /** Share of all prompt tokens that came from the prefix cache; null before the first prompt. */
  cacheHitRate: number | null;
}

/**
 * The pool's models and the processes together; a profile in the pool is counted with its model.
 * Null where the manager tells no such figures.
 */
export function liveSum(
  residents: readonly ResidentModel[],
  servers: readonly Server[],
): LiveSum | null {
  const processes = servers.filter((server) => server.placement === 'process');
  const told = [...residents, ...processes].map(({ live }) => live);
  if (told.length > 0 && told.every((live) => live === undefined)) return null;
  const known = told.filter((live): live is LiveFigures => Boolean(live));
  const sum = (name: Exclude<keyof LiveFigures, 'cache_hit_rate'>) =>
    known.reduce((total, live) => total + (live[name] ?? 0), 0);
  const prompt = sum('prompt_tokens');
  return {
    running: sum('running'),
    waiting: sum('waiting'),
    tokensPerSecond: sum('tokens_per_second'),
    cacheHitRate: prompt > 0 ? sum('cached_tokens') / prompt : null,
  };
}
