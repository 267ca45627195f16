/**
 * How quickly a model will write here: for every word it reads all its weights, so memory bandwidth
 * over their size is the limit. A class and not a figure, since it is an estimate. Pure.
 */
import type { SystemInfo } from '$lib/api/types';

/** `quick`: faster than a person reads; `steady`: about as fast; `slow`: slower. */
export type SpeedClass = 'quick' | 'steady' | 'slow';

type Machine = Pick<SystemInfo, 'computes_on' | 'processor'>;

/** GB/s as the makers state them: https://support.apple.com/specs, by chip. */
const APPLE: Readonly<Record<string, number>> = {
  M1: 68,
  'M1 Pro': 200,
  'M1 Max': 400,
  'M1 Ultra': 800,
  M2: 100,
  'M2 Pro': 200,
  'M2 Max': 400,
  'M2 Ultra': 800,
  M3: 100,
  'M3 Pro': 150,
  'M3 Max': 300,
  'M3 Ultra': 819,
  M4: 120,
  'M4 Pro': 273,
  'M4 Max': 410,
  M5: 153,
};
/** What is usual for a kind of machine whose chip is not in the table. */
const USUAL = { metal: 100, cuda: 400, cpu: 25 } as const;
/** What of the stated bandwidth decoding gets. */
const REACHED = 0.6;
const READING_TOKENS_PER_SECOND = 8;
const QUICK_TOKENS_PER_SECOND = 30;

export function expectedSpeed(model: string, weightsBytes: number, machine: Machine): SpeedClass {
  const readBytes = weightsBytes * activeShare(model);
  const perSecond = (REACHED * gigabytesPerSecond(machine) * 1e9) / Math.max(1, readBytes);
  if (perSecond >= QUICK_TOKENS_PER_SECOND) return 'quick';
  return perSecond >= READING_TOKENS_PER_SECOND ? 'steady' : 'slow';
}

/** Of a mixture of experts, by its name (30B-A3B): the part that each word goes through. */
export function activeShare(model: string): number {
  const [, whole, active] = /(\d+(?:\.\d+)?)B-A(\d+(?:\.\d+)?)B/i.exec(model) ?? [];
  return whole && active ? Math.min(1, Number(active) / Number(whole)) : 1;
}

function gigabytesPerSecond({ computes_on, processor }: Machine): number {
  if (computes_on !== 'metal') return USUAL[computes_on];
  const chip = /^Apple (M\d+(?: (?:Pro|Max|Ultra))?)/.exec(processor ?? '')?.[1];
  return (chip ? APPLE[chip] : undefined) ?? USUAL.metal;
}
