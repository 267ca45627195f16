/** Which settings stand together, in which order. One this page does not know goes to the last group. */
import type { Setting } from '$lib/api/types';
import { settings as words } from '$lib/strings/settings';

type GroupName = keyof typeof words.groups;

const MEMBERS: Record<Exclude<GroupName, 'others'>, readonly string[]> = {
  models: ['max_models', 'idle_unload_seconds', 'max_memory_gb', 'prefix_cache_mb'],
  requests: [
    'default_max_tokens',
    'max_body_mb',
    'keep_alive_seconds',
    'max_waiting',
    'completion_batch_size',
    'prefill_batch_size',
    'prefill_step_size',
  ],
  routing: ['routing_enabled'],
  records: ['audit_retention_days', 'audit_keeps_prompts', 'chat_retention_days', 'log_level'],
};

export interface SettingGroup {
  title: string;
  items: Setting[];
}

export function grouped(items: readonly Setting[]): SettingGroup[] {
  const known = Object.values(MEMBERS).flat();
  const named = (names: readonly string[]) =>
    names.flatMap((name) => items.filter((item) => item.name === name));
  return [
    ...(Object.keys(MEMBERS) as (keyof typeof MEMBERS)[]).map((group) => ({
      title: words.groups[group],
      items: named(MEMBERS[group]),
    })),
    { title: words.groups.others, items: items.filter((item) => !known.includes(item.name)) },
  ].filter((group) => group.items.length > 0);
}

export function labelOf(setting: Setting): string {
  return words.labels[setting.name] ?? setting.name.replaceAll('_', ' ');
}
