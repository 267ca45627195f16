/** /api/system: the machine, its memory, and what doctor finds. */
import { client, unwrap } from './client';
import type { DoctorReport, MemoryReport, SystemInfo } from './types';

export function readInfo(): Promise<SystemInfo> {
  return unwrap(client.GET('/api/system/info')) as Promise<SystemInfo>;
}

export function readMemory(): Promise<MemoryReport> {
  return unwrap(client.GET('/api/system/memory'));
}

/** Takes some seconds; for administrators. */
export function examine(): Promise<DoctorReport> {
  return unwrap(client.GET('/api/system/doctor'));
}
