/** Providers and rules as the manager sends them, with what a test cares about put in. */
import type { Provider, RoutingRule } from '$lib/api/types';

const MOMENT = '2026-01-02T03:04:05Z';

export function aProvider(change: Partial<Provider> = {}): Provider {
  return {
    id: 'provider-1',
    name: 'Cloud',
    kind: 'openai',
    base_url: 'https://cloud.example.org/v1',
    has_key: true,
    models: ['big/one'],
    is_enabled: true,
    connect_seconds: 5,
    first_seconds: 120,
    stall_seconds: 60,
    circuit: 'closed',
    retry_seconds: 0,
    created_at: MOMENT,
    ...change,
  };
}

export function aRule(change: Partial<RoutingRule> = {}): RoutingRule {
  return {
    id: 'rule-1',
    name: 'Away',
    is_enabled: true,
    model: '*',
    when: 'absent',
    user_ids: null,
    key_ids: null,
    prompt_tokens_from: null,
    prompt_tokens_below: null,
    waiting_from: null,
    targets: [{ provider_id: 'provider-1', model: null }],
    then_here: false,
    created_at: MOMENT,
    ...change,
  };
}
