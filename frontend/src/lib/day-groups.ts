/** Conversations under the day they were last written in. Pure. */
import { history as words } from '$lib/strings/history';
import { LOCALE } from '$lib/strings/locale';

const DAY_MS = 86_400_000;

const weekday = new Intl.DateTimeFormat(LOCALE, { weekday: 'long' });
const month = new Intl.DateTimeFormat(LOCALE, { month: 'long' });
const monthOfYear = new Intl.DateTimeFormat(LOCALE, { month: 'long', year: 'numeric' });

export interface DayGroup<Item> {
  label: string;
  items: Item[];
}

/** Today, yesterday, the days of a week, then months; `items` are the latest first. */
export function groupByDay<Item extends { updated_at: string }>(
  items: readonly Item[],
  now: number,
): DayGroup<Item>[] {
  const groups: DayGroup<Item>[] = [];
  for (const item of items) {
    const label = dayLabel(Date.parse(item.updated_at), now);
    const last = groups.at(-1);
    if (last?.label === label) last.items.push(item);
    else groups.push({ label, items: [item] });
  }
  return groups;
}

function dayLabel(then: number, now: number): string {
  // A day may have 23 or 25 hours where the clocks change.
  const days = Math.round((midnight(now) - midnight(then)) / DAY_MS);
  // A clock that runs behind the manager's has it in the future.
  if (days <= 0) return words.today;
  if (days === 1) return words.yesterday;
  if (days < 7) return weekday.format(then);
  const sameYear = new Date(then).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? month : monthOfYear).format(then);
}

function midnight(moment: number): number {
  return new Date(moment).setHours(0, 0, 0, 0);
}
