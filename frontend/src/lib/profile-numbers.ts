/** The defaults of a profile that are numbers, with the ranges that the manager holds them to. Pure. */
import type { ProfileDefaults } from '$lib/api/types';
import { ungrouped } from './typed-number';

export type NumberName = keyof Pick<
  ProfileDefaults,
  | 'temperature'
  | 'top_p'
  | 'top_k'
  | 'min_p'
  | 'max_tokens'
  | 'context_length'
  | 'repetition_penalty'
  | 'presence_penalty'
  | 'frequency_penalty'
  | 'seed'
>;

export interface NumberRange {
  name: NumberName;
  low: number;
  high: number;
  whole: boolean;
  /** Among those that most people want, not behind "More". */
  usual: boolean;
}

const usual = true;
const whole = true;

export const NUMBERS: readonly NumberRange[] = [
  { name: 'temperature', low: 0, high: 2, whole: false, usual },
  { name: 'max_tokens', low: 1, high: 10_000_000, whole, usual },
  { name: 'top_p', low: 0.000001, high: 1, whole: false, usual },
  { name: 'top_k', low: 0, high: 2 ** 31 - 1, whole, usual },
  { name: 'min_p', low: 0, high: 1, whole: false, usual },
  { name: 'context_length', low: 16, high: 100_000_000, whole, usual },
  { name: 'repetition_penalty', low: 0.01, high: 10, whole: false, usual: false },
  { name: 'presence_penalty', low: -2, high: 2, whole: false, usual: false },
  { name: 'frequency_penalty', low: -2, high: 2, whole: false, usual: false },
  // What JavaScript can hold exactly; the manager would take more.
  {
    name: 'seed',
    low: Number.MIN_SAFE_INTEGER,
    high: Number.MAX_SAFE_INTEGER,
    whole,
    usual: false,
  },
];

/** The number that a text stands for: null for an empty one, undefined where it is none in range. */
export function parseNumber(
  text: string,
  { low, high, whole }: NumberRange,
): number | null | undefined {
  const digits = ungrouped(text);
  if (digits === '') return null;
  if (!/^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(digits)) return undefined;
  const value = Number(digits);
  if (value < low || value > high || (whole && !Number.isInteger(value))) return undefined;
  return value;
}
