/** /api/system: the machine, its memory, and what doctor finds. */
import { client, unwrap } from './client';
import type { DoctorReport, MemoryHistory, MemoryReport, Server, SystemInfo } from './types';

export function readInfo(): Promise<SystemInfo> {
  return unwrap(client.GET('/api/system/info'));
}

export function readMemory(): Promise<MemoryReport> {
  return unwrap(client.GET('/api/system/memory'));
}

/** The last hour at most, from the start of the server on. */
export function readMemoryHistory(): Promise<MemoryHistory> {
  return unwrap(client.GET('/api/system/memory/history'));
}

/** Profiles that run in a process of their own, and what each takes. */
export async function listProcesses(): Promise<Server[]> {
  const query = { limit: 200 };
  const { items } = await unwrap(client.GET('/api/servers', { params: { query } }));
  return items.filter(
    (server) => server.placement === 'process' && typeof server.process_id === 'number',
  );
}

/** Takes some seconds; for administrators. */
export function examine(): Promise<DoctorReport> {
  return unwrap(client.GET('/api/system/doctor'));
}
