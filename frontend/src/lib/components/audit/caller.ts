/** Who asked, in a word that people know. Pure. */
import type { AuditRow } from '$lib/api/types';
import { audit as words } from '$lib/strings/audit';

export function callerOf(row: AuditRow): string {
  if (row.user_email) return row.user_email;
  if (row.user_id) return words.gone;
  return words.callers[row.caller ?? ''] ?? row.caller ?? words.nobody;
}
