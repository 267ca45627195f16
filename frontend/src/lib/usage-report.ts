/** What the usage page draws, from the sums that the manager gives. Pure. */
import type { UsageRow, UsageSum } from '$lib/api/types';

const DAY_MS = 86_400_000;

/** One line of the breakdown: sums of each day of the period, and of all of it. */
export interface UsageSeries {
  /** The model's name, the account's or key's id; null for all others together. */
  id: string | null;
  name: string;
  days: UsageSum[];
  total: UsageSum;
}

export interface UsageReport {
  /** Days of the period, oldest first: "2026-01-02". */
  days: string[];
  /** The biggest first, the rest of them together last. */
  series: UsageSeries[];
  /** Sums of each day, whoever's. */
  whole: UsageSum[];
  total: UsageSum;
}

export const NOTHING: UsageSum = {
  requests: 0,
  failed: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  cached_tokens: 0,
  duration_ms: 0,
};

/** The last `count` days in UTC, today the last of them. */
export function lastDays(count: number, now: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    new Date(now - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
}

/** One sum for each day: rows come for those on which something was used. */
export function byDay(days: readonly string[], rows: readonly UsageRow[]): UsageSum[] {
  const found = new Map(rows.map((row) => [row.day, row]));
  return days.map((day) => sumOf(found.get(day) ?? NOTHING));
}

export function tokensOf(sum: UsageSum): number {
  return sum.prompt_tokens + sum.completion_tokens;
}

/** Mean milliseconds of a request; null where there was none. */
export function latencyOf(sum: UsageSum): number | null {
  return sum.requests > 0 ? sum.duration_ms / sum.requests : null;
}

/** The groups that get a line of their own: those with most tokens, then most requests. */
export function biggest(rows: readonly UsageRow[], most: number): UsageRow[] {
  return [...rows]
    .sort((one, other) => tokensOf(other) - tokensOf(one) || other.requests - one.requests)
    .slice(0, most);
}

/** What is left of the whole when the series are taken away; null when nothing is. */
export function restOf(
  whole: readonly UsageSum[],
  series: readonly UsageSeries[],
  name: string,
): UsageSeries | null {
  const days = whole.map((sum, day) =>
    series.reduce((left, { days: own }) => minus(left, own[day] ?? NOTHING), sum),
  );
  const total = addUp(days);
  return total.requests > 0 ? { id: null, name, days, total } : null;
}

export function addUp(sums: readonly UsageSum[]): UsageSum {
  return sums.reduce((sum, next) => combine(sum, next, 1), NOTHING);
}

/** The days as text for a spreadsheet: a head and a line a day, parted by tabs. */
export function tableText(head: readonly string[], rows: readonly (string | number)[][]): string {
  return [head, ...rows].map((row) => row.join('\t')).join('\n');
}

function minus(sum: UsageSum, part: UsageSum): UsageSum {
  return combine(sum, part, -1);
}

/** Never below nothing: parts and whole are asked for one after the other while requests go on. */
function combine(sum: UsageSum, part: UsageSum, sign: 1 | -1): UsageSum {
  const field = (name: keyof UsageSum) => Math.max(0, sum[name] + sign * part[name]);
  return {
    requests: field('requests'),
    failed: field('failed'),
    prompt_tokens: field('prompt_tokens'),
    completion_tokens: field('completion_tokens'),
    cached_tokens: field('cached_tokens'),
    duration_ms: field('duration_ms'),
  };
}

function sumOf(row: UsageSum): UsageSum {
  return combine(NOTHING, row, 1);
}
