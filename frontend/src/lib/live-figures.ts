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
  const sum = (of: (live: LiveFigures) => number) =>
    known.reduce((total, live) => total + of(live), 0);
  const prompt = sum((live) => live.prompt_tokens);
  return {
    running: sum((live) => live.running),
    waiting: sum((live) => live.waiting),
    tokensPerSecond: sum((live) => live.tokens_per_second),
    cacheHitRate: prompt > 0 ? sum((live) => live.cached_tokens) / prompt : null,
  };
}
