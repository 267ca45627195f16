/** What a person types for a setting, and the value that it means. Pure. */
import type { Setting } from '$lib/api/types';
import { ungrouped } from './typed-number';

export type SettingKind = 'switch' | 'level' | 'number' | 'text';
export type SettingValue = string | number | boolean | null;

export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const;

/** How a setting is edited: by its value, so that one that is new to this page works too. */
export function kindOf(setting: Setting): SettingKind {
  if (setting.name === 'log_level') return 'level';
  const sample = setting.value ?? setting.default;
  if (typeof sample === 'boolean') return 'switch';
  return typeof sample === 'number' ? 'number' : 'text';
}

/** The value that a text stands for; undefined where it is not one of this kind. */
export function parseValue(kind: SettingKind, text: string): SettingValue | undefined {
  const trimmed = text.trim();
  if (kind === 'switch') return trimmed === 'true';
  if (kind !== 'number') return trimmed || undefined;
  const digits = ungrouped(text);
  return /^-?\d+(\.\d+)?$/.test(digits) ? Number(digits) : undefined;
}

/** A value as it stands in its field. */
export function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}
