/** Rows about people, keys and usage as the manager sends them, with what a test cares about put in. */
import type { ApiKey, Device, Setting, UsageRow, User } from '$lib/api/types';

const MOMENT = '2026-01-02T03:04:05Z';

export function aUser(change: Partial<User> = {}): User {
  return {
    id: 'user-1',
    email: 'ada@example.org',
    status: 'approved',
    is_admin: true,
    local_only: false,
    created_at: MOMENT,
    ...change,
  };
}

export function aKey(change: Partial<ApiKey> = {}): ApiKey {
  return {
    id: 'key-1',
    name: 'Editor',
    prefix: 'mlx-abcd',
    user_id: 'user-1',
    user_email: 'ada@example.org',
    expires_at: null,
    allowed_models: null,
    requests_per_minute: null,
    tokens_per_day: null,
    priority: 'normal',
    local_only: false,
    created_at: MOMENT,
    last_used_at: null,
    usage: { requests_today: 0, tokens_today: 0 },
    ...change,
  };
}

export function aDevice(change: Partial<Device> = {}): Device {
  return {
    id: 'device-1',
    address: '127.0.0.1',
    agent: 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0',
    created_at: MOMENT,
    last_seen_at: MOMENT,
    expires_at: MOMENT,
    current: false,
    ...change,
  };
}

export function aUsageRow(change: Partial<UsageRow> = {}): UsageRow {
  return {
    requests: 0,
    failed: 0,
    prompt_tokens: 0,
    completion_tokens: 0,
    cached_tokens: 0,
    duration_ms: 0,
    ...change,
  };
}

export function aSetting(change: Partial<Setting> = {}): Setting {
  return {
    name: 'max_models',
    description: 'Most models that are resident at a time.',
    value: 4,
    running: 4,
    default: 4,
    source: 'default',
    takes_effect: 'now',
    variable: 'MLX_SERVER_MAX_MODELS',
    ...change,
  };
}
