/** The colour of a line of the breakdown: its place among the biggest, grey for the rest. */
import type { UsageSeries } from '$lib/usage-report';

export function colourOf(series: UsageSeries, place: number): string {
  return `var(--series-${series.id === null ? 6 : place + 1})`;
}
