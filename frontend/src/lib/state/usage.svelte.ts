/** What was used in the last days, split by model, person or key. */
import type { ApiError } from '$lib/api/errors';
import type { UsageRow } from '$lib/api/types';
import { readUsage, type UsageQuery } from '$lib/api/usage';
import { modelName } from '$lib/format';
import { usage as words } from '$lib/strings/usage';
import {
  addUp,
  biggest,
  byDay,
  lastDays,
  restOf,
  type UsageReport,
  type UsageSeries,
} from '$lib/usage-report';
import { Asking } from './asking.svelte';
import { belongsToSession } from './belongings';

export type Split = 'model' | 'user' | 'key';

const IDS = { model: 'model', user: 'user_id', key: 'key_id' } as const;
/** As many as there are colours to tell them apart; the rest is one. */
const MOST_SERIES = 5;

export class Usage {
  report = $state.raw<UsageReport | null>(null);
  dayCount = $state(30);
  split = $state<Split>('model');
  everybodys = $state(false);
  readonly #asking = new Asking();

  get loading(): boolean {
    return this.#asking.loading;
  }

  get error(): ApiError | null {
    return this.#asking.error;
  }

  /** What is shown stays until the new answer is whole. Never raises: see `error`. */
  load(): Promise<void> {
    return this.#asking.ask(
      () => this.#read(Date.now()),
      (report) => (this.report = report),
    );
  }

  clear(): void {
    this.#asking.drop();
    this.report = null;
    this.everybodys = false;
    this.split = 'model';
  }

  async #read(now: number): Promise<UsageReport> {
    const days = lastDays(this.dayCount, now);
    const split = this.split;
    const period = { since: days[0] ?? '', until: days.at(-1) ?? '', all: this.everybodys };
    const [whole, groups] = await Promise.all([
      readUsage({ ...period, by: 'day' }),
      readUsage({ ...period, by: split }),
    ]);
    const series = await Promise.all(
      biggest(groups.items, MOST_SERIES).map((row) => seriesOf(row, split, days, period)),
    );
    const sums = byDay(days, whole.items);
    const rest = restOf(sums, series, words.others);
    return {
      days,
      series: rest ? [...series, rest] : series,
      whole: sums,
      total: whole.total,
    };
  }
}

async function seriesOf(
  row: UsageRow,
  split: Split,
  days: readonly string[],
  period: Pick<UsageQuery, 'since' | 'until' | 'all'>,
): Promise<UsageSeries> {
  const id = idOf(row, split);
  const only = { model: { model: id }, user: { user_id: id }, key: { key_id: id } }[split];
  const found = await readUsage({ ...period, ...only, by: 'day' });
  const sums = byDay(days, found.items);
  return { id, name: nameOf(row, split), days: sums, total: addUp(sums) };
}

function idOf(row: UsageRow, split: Split): string {
  return row[IDS[split]] ?? '';
}

/** What people call a group; an empty id stands for callers without an account or key. */
function nameOf(row: UsageRow, split: Split): string {
  const id = idOf(row, split);
  if (split === 'model') return id ? modelName(id) : words.noModel;
  if (split === 'user') return id ? (row.user_email ?? words.deletedUser) : words.noUser;
  return id ? (row.key_name ?? words.revokedKey) : words.noKey;
}

export const usage = new Usage();
belongsToSession(() => usage.clear());
