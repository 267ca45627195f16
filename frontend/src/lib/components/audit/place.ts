/** Where a request was answered, for those that a model answered. Pure. */
import type { AuditRow } from '$lib/api/types';
import { audit as words } from '$lib/strings/audit';

export function placeOf(row: AuditRow): string {
  if (row.place) return row.place;
  const isAnswer = row.model !== null && row.completion_tokens > 0;
  return isAnswer ? words.here : '';
}
