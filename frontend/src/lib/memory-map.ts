/** Who holds the memory, as parts of a bar that is drawn to scale. Pure; all sizes in bytes. */
import type { MemoryReport } from '$lib/api/types';

export type PartKind = 'weights' | 'prefixes' | 'working' | 'free' | 'process' | 'others';

export interface MemoryPart {
  kind: PartKind;
  /** The model whose weights these are. */
  model?: string;
  /** The profile whose own process this is. */
  profile?: string;
  bytes: number;
  /** Share of the whole bar. */
  share: number;
}

export interface MemoryBar {
  bytes: number;
  parts: MemoryPart[];
}

/**
 * What models may use: the weights of each, cached prefixes, what MLX holds beyond those (KV caches
 * of requests under way, intermediate results), the processes of profiles, and what is free of the
 * budget.
 */
export function budgetBar(report: MemoryReport): MemoryBar {
  const weights = report.models
    .filter((model) => model.weights_bytes > 0)
    .map((model) => ({
      kind: 'weights' as const,
      model: model.id,
      bytes: model.weights_bytes,
    }));
  const beside = report.processes.map(({ profile, used_bytes }) => ({
    kind: 'process' as const,
    profile,
    bytes: used_bytes,
  }));
  const held = sum(weights) + report.prefix_cache_bytes;
  const working = Math.max(0, report.mlx_active_bytes - held);
  return bar(report.budget_bytes, [
    ...weights,
    { kind: 'prefixes', bytes: report.prefix_cache_bytes },
    { kind: 'working', bytes: working },
    ...beside,
    { kind: 'free', bytes: Math.max(0, report.budget_bytes - held - working - sum(beside)) },
  ]);
}

/**
 * The machine: this process, those of profiles, other programs, what is available. Null where the
 * system does not tell.
 */
export function machineBar(report: MemoryReport): MemoryBar | null {
  if (report.available_bytes === null) return null;
  const own = [
    { kind: 'process' as const, bytes: Math.min(report.process_bytes, report.machine_bytes) },
    ...report.processes.map(({ profile, process_bytes }) => ({
      kind: 'process' as const,
      profile,
      bytes: process_bytes,
    })),
  ];
  const rest = Math.max(0, report.machine_bytes - sum(own));
  const free = Math.min(report.available_bytes, rest);
  return bar(report.machine_bytes, [
    ...own,
    { kind: 'others', bytes: rest - free },
    { kind: 'free', bytes: free },
  ]);
}

/** Parts without size are left out; a bar grows beyond its scale when more is held than allowed. */
function bar(bytes: number, parts: readonly Omit<MemoryPart, 'share'>[]): MemoryBar {
  const whole = Math.max(bytes, sum(parts), 1);
  return {
    bytes: whole,
    parts: parts
      .filter((part) => part.bytes > 0)
      .map((part) => ({ ...part, share: part.bytes / whole })),
  };
}

function sum(parts: readonly { bytes: number }[]): number {
  return parts.reduce((total, part) => total + part.bytes, 0);
}
