/** What a running profile costs and does, as names and figures. Pure. */
import type { Server } from '$lib/api/types';
import { count, duration, rate, share, size } from '$lib/format';
import { servers as words } from '$lib/strings/servers';

export interface ServerFact {
  label: string;
  value: string;
  title?: string;
}

/** What is not known, or says nothing now, is left out. */
export function serverFacts(server: Server): ServerFact[] {
  const facts: ServerFact[] = [];
  const { live, health } = server;
  const memory = health?.memory_bytes ?? server.memory_bytes ?? 0;
  if (memory > 0) facts.push({ label: words.memoryHeld, value: size(memory) });
  if (server.state === 'running') {
    facts.push({ label: words.requests, value: count(server.requests ?? 0) });
  }
  if (live?.waiting) facts.push({ label: words.waiting, value: count(live.waiting) });
  if (live?.tokens_per_second !== undefined) {
    const value = rate(live.tokens_per_second);
    facts.push({ label: words.speed, value, title: words.speedOfModel });
  }
  const hitRate = live?.cache_hit_rate ?? null;
  if (hitRate !== null) {
    const title = words.cachedOfModel;
    facts.push({ label: words.cached, value: share(hitRate), title });
  }
  const cpu = health?.cpu_percent ?? null;
  if (cpu !== null) {
    const value = `${Math.round(cpu)} %`;
    facts.push({ label: words.processor, value, title: words.processorText });
  }
  const response = health?.response_ms ?? null;
  if (response !== null) {
    const title = words.responseText;
    facts.push({ label: words.response, value: duration(response), title });
  }
  if (server.port) facts.push({ label: words.port, value: String(server.port) });
  if (server.process_id) facts.push({ label: words.process, value: String(server.process_id) });
  return facts;
}
