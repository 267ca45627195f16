/** /api/audit: finished requests, for administrators. */
import { client, unwrap } from './client';
import type { AuditPage, AuditStatistics } from './types';

/** Which rows are meant; times are RFC 3339, `failed` is a status of 400 or over. */
export interface AuditFilter {
  since?: string;
  until?: string;
  area?: 'api' | 'v1';
  user_id?: string;
  key_id?: string;
  model?: string;
  request_id?: string;
  failed?: boolean;
}

export type AuditFormat = 'jsonl' | 'csv';

export function listAudit(filter: AuditFilter, limit: number, cursor?: string): Promise<AuditPage> {
  return unwrap(client.GET('/api/audit', { params: { query: { ...filter, limit, cursor } } }));
}

export function auditStatistics(filter: AuditFilter): Promise<AuditStatistics> {
  return unwrap(client.GET('/api/audit/statistics', { params: { query: filter } }));
}

/** Every row that fits, as a file. A link cannot carry the token, so it is fetched. */
export function exportAudit(filter: AuditFilter, format: AuditFormat): Promise<Blob> {
  const params = { query: { ...filter, format } };
  return unwrap(client.GET('/api/audit/export', { params, parseAs: 'blob' }));
}
