/** Finished requests, the newest first, and their period in numbers. For administrators. */
import { auditStatistics, exportAudit, listAudit, type AuditFormat } from '$lib/api/audit';
import type { ApiError } from '$lib/api/errors';
import type { AuditRow, AuditStatistics } from '$lib/api/types';
import { EVERYTHING, filterOf, type AuditView } from '$lib/audit-filter';
import { belongsToSession } from './belongings';
import { failureOf } from './failure';
import { Listing } from './listing.svelte';

const PAGE_ROWS = 50;

export class Audit {
  /** What is shown; `show` changes it. */
  view = $state<AuditView>(EVERYTHING);
  statistics = $state<AuditStatistics | null>(null);
  exporting = $state(false);
  /** One moment for all pages of a list and its numbers, so that they mean the same period. */
  #since = Date.now();

  readonly list = new Listing<AuditRow>((cursor) =>
    listAudit(filterOf(this.view, this.#since), PAGE_ROWS, cursor),
  );

  async show(view: AuditView): Promise<void> {
    this.view = view;
    await this.refresh();
  }

  async refresh(): Promise<void> {
    this.#since = Date.now();
    await Promise.all([this.list.load(), this.#count()]);
  }

  /** Hands the file of all rows that fit to `keep`. Null, or why there is none. */
  async export(
    format: AuditFormat,
    keep: (file: Blob, name: string) => void,
  ): Promise<ApiError | null> {
    this.exporting = true;
    const failure = await failureOf(async () => {
      const file = await exportAudit(filterOf(this.view, Date.now()), format);
      keep(file, `audit.${format}`);
    });
    this.exporting = false;
    return failure;
  }

  clear(): void {
    this.list.clear();
    this.view = EVERYTHING;
    this.statistics = null;
  }

  /** Numbers are a courtesy: without them the list still tells what failed. */
  async #count(): Promise<void> {
    const { view } = this;
    const found = await auditStatistics(filterOf(view, this.#since)).catch(() => null);
    // Another view may be shown by now, whose numbers these are not.
    if (view === this.view) this.statistics = found;
  }
}

export const audit = new Audit();
belongsToSession(() => audit.clear());
