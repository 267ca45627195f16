/** What a routing rule says, in a sentence, and whom it asks in which order. Pure. */
import type { RouteStep, RuleFields, RoutingTarget } from '$lib/api/types';
import { routing } from '$lib/strings/routing';
import { count } from './format';
import { waits } from './rule-draft';

/** The names of whom a rule knows by id only; null where there is nobody of that id any more. */
export interface RuleNames {
  provider: (id: string) => string | null;
  person: (id: string) => string | null;
  key: (id: string) => string | null;
}

const words = routing.sentence;

/** "Requests for gpt-* from ada@example.org are answered by Cloud, or else here." */
export function sentenceOf(rule: RuleFields, names: RuleNames): string {
  const model = rule.model.trim();
  return [
    words.requests(model === '*' || model === '' ? words.anyModel : model),
    callers(rule, names),
    promptSize(rule),
    condition(rule),
    rule.targets.map((target) => answerer(target, names)).join(words.orElse),
    endsHere(rule) ? words.orElseHere : '',
    '.',
  ].join('');
}

/** Whether this machine is asked after the targets rather than before them. */
export function endsHere(rule: RuleFields): boolean {
  return Boolean(rule.then_here) && (rule.when === 'always' || countsWaiting(rule));
}

/** The places that a rule asks, first to last, while nothing waits here. */
export function placesOf(rule: RuleFields): Pick<RouteStep, 'provider_id' | 'model'>[] {
  const here = { provider_id: null, model: '' };
  const away = rule.targets.map(({ provider_id, model }) => ({ provider_id, model: model ?? '' }));
  if (rule.when !== 'always') return [here, ...away];
  return rule.then_here ? [...away, here] : away;
}

/** Whether a number of waiting requests counts as busy under this rule. */
export function countsWaiting({ when, waiting_from }: RuleFields): boolean {
  return waits(when ?? 'absent') && (waiting_from ?? null) !== null;
}

function callers({ user_ids, key_ids }: RuleFields, names: RuleNames): string {
  const said = (ids: string[], name: (id: string) => string | null, gone: string) =>
    ids.map((id) => name(id) ?? gone).join(words.or);
  const people = user_ids?.length
    ? words.from(said(user_ids, names.person, words.deletedPerson))
    : '';
  const keys = key_ids?.length ? words.withKey(said(key_ids, names.key, words.revokedKey)) : '';
  return people + keys;
}

function promptSize({ prompt_tokens_from: from, prompt_tokens_below: below }: RuleFields): string {
  const hasFloor = from !== null && from !== undefined && from > 0;
  const hasCeiling = below !== null && below !== undefined;
  if (hasFloor && hasCeiling) return words.sizeBetween(count(from), count(below));
  if (hasFloor) return words.sizeFrom(count(from));
  return hasCeiling ? words.sizeBelow(count(below)) : '';
}

function condition(rule: RuleFields): string {
  const when = rule.when ?? 'absent';
  if (when === 'always') return words.always;
  const waiting = countsWaiting(rule) ? words.waiting(count(rule.waiting_from ?? 0)) : '';
  return `${words.here}${words[when]}${waiting}${words.by}`;
}

function answerer(target: RoutingTarget, names: RuleNames): string {
  const name = names.provider(target.provider_id) ?? routing.gone;
  return target.model ? `${name} ${routing.as(target.model)}` : name;
}
