/** /api/system: the machine, its memory, and what doctor finds. */
import { client, unwrap } from './client';
import type { DoctorReport, MemoryHistory, MemoryReport, SystemInfo } from './types';

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

/** Takes some seconds; for administrators. */
export function examine(): Promise<DoctorReport> {
  return unwrap(client.GET('/api/system/doctor'));
}
