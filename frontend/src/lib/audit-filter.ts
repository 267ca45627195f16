/** The filter of the audit, as it stands in the page's address and as the manager takes it. Pure. */
import type { AuditFilter } from '$lib/api/audit';

export const PERIODS = ['hour', 'day', 'week', 'month', 'all'] as const;
export type Period = (typeof PERIODS)[number];

export interface AuditView {
  period: Period;
  /** Empty for all. */
  area: '' | 'v1' | 'api';
  outcome: '' | 'failed' | 'good';
  userId: string;
  keyId: string;
  model: string;
  requestId: string;
}

const HOUR_MS = 3_600_000;
const LENGTHS: Record<Exclude<Period, 'all'>, number> = {
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
  month: 30 * 24 * HOUR_MS,
};

export const EVERYTHING: AuditView = {
  period: 'day',
  area: '',
  outcome: '',
  userId: '',
  keyId: '',
  model: '',
  requestId: '',
};

const NAMES = {
  period: 'period',
  area: 'area',
  outcome: 'outcome',
  userId: 'user',
  keyId: 'key',
  model: 'model',
  requestId: 'request',
} as const;

/** What an address asks for; words it does not know count as nothing asked. */
export function viewOf(search: URLSearchParams): AuditView {
  const read = (name: keyof AuditView) => search.get(NAMES[name])?.trim() ?? '';
  const oneOf = <T extends string>(value: string, words: readonly T[], usual: T): T =>
    words.find((word) => word === value) ?? usual;
  return {
    period: oneOf(read('period'), PERIODS, EVERYTHING.period),
    area: oneOf(read('area'), ['', 'v1', 'api'], ''),
    outcome: oneOf(read('outcome'), ['', 'failed', 'good'], ''),
    userId: read('userId'),
    keyId: read('keyId'),
    model: read('model'),
    requestId: read('requestId'),
  };
}

/** The address of a view: what is as usual is left out. */
export function searchOf(view: AuditView): string {
  const search = new URLSearchParams();
  for (const name of Object.keys(NAMES) as (keyof AuditView)[]) {
    const value = view[name].trim();
    if (value !== EVERYTHING[name]) search.set(NAMES[name], value);
  }
  const text = search.toString();
  return text ? `?${text}` : '';
}

export function filterOf(view: AuditView, now: number): AuditFilter {
  const filter: AuditFilter = {};
  if (view.period !== 'all') filter.since = new Date(now - LENGTHS[view.period]).toISOString();
  if (view.area) filter.area = view.area;
  if (view.outcome) filter.failed = view.outcome === 'failed';
  if (view.userId) filter.user_id = view.userId;
  if (view.keyId) filter.key_id = view.keyId;
  if (view.model) filter.model = view.model;
  if (view.requestId) filter.request_id = view.requestId;
  return filter;
}

/** Whether anything but the period narrows the list. */
export function isNarrowed(view: AuditView): boolean {
  return searchOf({ ...view, period: EVERYTHING.period }) !== '';
}
