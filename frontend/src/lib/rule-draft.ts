/** The form of a routing rule: what a person chooses, what is wrong with it, and the request. Pure. */
import type { RoutingRule, RoutingWhen, RuleFields } from '$lib/api/types';
import { routing } from '$lib/strings/routing';
import { wholeNumber } from './typed-number';

export interface TargetDraft {
  providerId: string;
  /** Empty for the same name. */
  model: string;
}

export interface RuleDraft {
  name: string;
  isEnabled: boolean;
  model: string;
  when: RoutingWhen;
  userIds: string[];
  keyIds: string[];
  promptFrom: string;
  promptBelow: string;
  waitingFrom: string;
  targets: TargetDraft[];
  thenHere: boolean;
}

export type RuleProblems = Partial<Record<keyof RuleDraft, string>> & {
  /** By the place of the target. */
  each: Record<number, string>;
};

export const WHENS: readonly RoutingWhen[] = ['absent', 'busy', 'unavailable', 'always'];
export const MOST_TARGETS = 10;
const words = routing.form;

export function emptyRule(providerId = ''): RuleDraft {
  return {
    name: '',
    isEnabled: true,
    model: '*',
    when: 'absent',
    userIds: [],
    keyIds: [],
    promptFrom: '',
    promptBelow: '',
    waitingFrom: '',
    targets: [{ providerId, model: '' }],
    thenHere: false,
  };
}

export function draftOfRule(rule: RoutingRule): RuleDraft {
  return {
    name: rule.name,
    isEnabled: rule.is_enabled ?? true,
    model: rule.model,
    when: rule.when ?? 'absent',
    userIds: [...(rule.user_ids ?? [])],
    keyIds: [...(rule.key_ids ?? [])],
    promptFrom: rule.prompt_tokens_from?.toString() ?? '',
    promptBelow: rule.prompt_tokens_below?.toString() ?? '',
    waitingFrom: rule.waiting_from?.toString() ?? '',
    targets: rule.targets.map((target) => ({
      providerId: target.provider_id,
      model: target.model ?? '',
    })),
    thenHere: rule.then_here ?? false,
  };
}

/** Sentences by field; none and an empty `each` when the draft can be sent. */
export function ruleProblems(draft: RuleDraft): RuleProblems {
  const problems: RuleProblems = { each: targetProblems(draft) };
  if (!draft.name.trim()) problems.name = words.nameMissing;
  if (!draft.model.trim()) problems.model = words.modelMissing;
  if (!isCount(draft.promptFrom)) problems.promptFrom = words.notACount;
  if (!isCount(draft.promptBelow)) problems.promptBelow = words.notACount;
  if (waits(draft.when) && !isCount(draft.waitingFrom, 1)) {
    problems.waitingFrom = words.notAWaiting;
  }
  const [from, below] = [countOf(draft.promptFrom), countOf(draft.promptBelow)];
  if (!problems.promptBelow && below !== null && below <= (from ?? 0)) {
    problems.promptBelow = words.noPrompt;
  }
  return problems;
}

export function hasProblem({ each, ...fields }: RuleProblems): boolean {
  return Object.keys(each).length > 0 || Object.values(fields).some(Boolean);
}

/** The request for a draft. What its `when` has no use for is not sent. */
export function fieldsOf(draft: RuleDraft): RuleFields {
  const waiting = waits(draft.when) ? countOf(draft.waitingFrom) : null;
  return {
    name: draft.name.trim(),
    is_enabled: draft.isEnabled,
    model: draft.model.trim(),
    when: draft.when,
    user_ids: draft.userIds.length > 0 ? [...draft.userIds] : null,
    key_ids: draft.keyIds.length > 0 ? [...draft.keyIds] : null,
    prompt_tokens_from: countOf(draft.promptFrom),
    prompt_tokens_below: countOf(draft.promptBelow),
    waiting_from: waiting,
    targets: draft.targets.map(({ providerId, model }) => ({
      provider_id: providerId,
      model: model.trim() || null,
    })),
    then_here: mayEndHere(draft) && draft.thenHere,
  };
}

/** A rule without what only the manager gives it. */
export function fieldsOfRule(rule: RoutingRule): RuleFields {
  return fieldsOf(draftOfRule(rule));
}

/** Whether a number of waiting requests means anything. */
export function waits(when: RoutingWhen): boolean {
  return when === 'busy' || when === 'unavailable';
}

/** Whether this machine can come last: where it comes first it has been asked already. */
export function mayEndHere(draft: RuleDraft): boolean {
  return draft.when === 'always' || (waits(draft.when) && countOf(draft.waitingFrom) !== null);
}

/** Where the manager's names for fields stand in the form. */
export const RULE_FIELDS: Readonly<Record<string, keyof RuleDraft>> = {
  name: 'name',
  model: 'model',
  when: 'when',
  user_ids: 'userIds',
  key_ids: 'keyIds',
  prompt_tokens_from: 'promptFrom',
  prompt_tokens_below: 'promptBelow',
  waiting_from: 'waitingFrom',
  targets: 'targets',
};

function targetProblems(draft: RuleDraft): Record<number, string> {
  const stars = draft.model.split('*').length - 1;
  const problems: Record<number, string> = {};
  draft.targets.forEach(({ providerId, model }, place) => {
    if (!providerId) problems[place] = words.targetMissing;
    else if (model.includes('*') && stars !== 1) problems[place] = words.starMissing;
  });
  return problems;
}

function isCount(text: string, least = 0): boolean {
  return wholeNumber(text, least) !== undefined;
}

/** The number that a field holds; null for none, and for what is no number. */
export function countOf(text: string): number | null {
  return wholeNumber(text) ?? null;
}
