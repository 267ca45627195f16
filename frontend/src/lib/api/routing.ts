/** /api/routing: which requests go to other servers. For administrators. */
import { client, unwrap } from './client';
import type { RouteAnswer, RouteQuestion, RoutingRule, RoutingRulePage, RuleFields } from './types';

/** The most rules that the manager keeps: they come in one page, since an order names them all. */
const MOST_RULES = 200;

export function listRules(cursor?: string): Promise<RoutingRulePage> {
  const query = { limit: MOST_RULES, cursor };
  return unwrap(client.GET('/api/routing/rules', { params: { query } }));
}

/** The last of all. Raises ApiError `unknown_provider`, `too_many_rules`, `validation_failed`. */
export function createRule(body: RuleFields): Promise<RoutingRule> {
  return unwrap(client.POST('/api/routing/rules', { body }));
}

/** Another rule in the place of one. Raises ApiError `unknown_provider`, `validation_failed`. */
export function replaceRule(id: string, body: RuleFields): Promise<RoutingRule> {
  return unwrap(client.PUT('/api/routing/rules/{rule_id}', { ...at(id), body }));
}

export async function deleteRule(id: string): Promise<void> {
  await unwrap(client.DELETE('/api/routing/rules/{rule_id}', at(id)));
}

/** Every rule's id, first to last. Raises ApiError `rules_changed` when these are not all. */
export async function orderRules(ids: string[]): Promise<void> {
  await unwrap(client.PUT('/api/routing/order', { body: { ids } }));
}

/** Where a request would go at this moment; nothing is sent. */
export function askRoute(body: RouteQuestion): Promise<RouteAnswer> {
  return unwrap(client.POST('/api/routing/test', { body }));
}

function at(id: string) {
  return { params: { path: { rule_id: id } } };
}
