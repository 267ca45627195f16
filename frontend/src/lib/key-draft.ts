/** The form of a key: what a person types, what is wrong with it, and the request it makes. Pure. */
import type { ApiKey, ApiKeyCreate } from '$lib/api/types';
import { keys as words } from '$lib/strings/keys';
import { namesIn } from './typed-names';
import { wholeNumber } from './typed-number';

export interface KeyDraft {
  name: string;
  /** Days from now, `never`, or `kept` for the moment that an existing key has. */
  expiry: string;
  /** One name or pattern a line; empty allows every model. */
  models: string;
  requestsPerMinute: string;
  tokensPerDay: string;
  priority: 'low' | 'normal' | 'high';
}

export const EXPIRIES = ['7', '30', '90', '365', 'never'] as const;
const DAY_MS = 86_400_000;
const LONGEST_NAME = 100;

export function emptyDraft(): KeyDraft {
  return {
    name: '',
    expiry: '90',
    models: '',
    requestsPerMinute: '',
    tokensPerDay: '',
    priority: 'normal',
  };
}

export function draftOf(key: ApiKey): KeyDraft {
  return {
    name: key.name,
    expiry: key.expires_at === null ? 'never' : 'kept',
    models: (key.allowed_models ?? []).join('\n'),
    requestsPerMinute: key.requests_per_minute?.toString() ?? '',
    tokensPerDay: key.tokens_per_day?.toString() ?? '',
    priority: key.priority,
  };
}

/** Sentences by field; empty when the draft can be sent. */
export function draftProblems(draft: KeyDraft): Partial<Record<keyof KeyDraft, string>> {
  const problems: Partial<Record<keyof KeyDraft, string>> = {};
  if (!draft.name.trim()) problems.name = words.form.nameMissing;
  else if (draft.name.trim().length > LONGEST_NAME) problems.name = words.form.nameTooLong;
  if (!isLimit(draft.requestsPerMinute)) problems.requestsPerMinute = words.form.notALimit;
  if (!isLimit(draft.tokensPerDay)) problems.tokensPerDay = words.form.notALimit;
  return problems;
}

/** The request for a draft without problems. */
export function requestOf(draft: KeyDraft, now: number): ApiKeyCreate {
  const models = namesIn(draft.models);
  const request: ApiKeyCreate = {
    name: draft.name.trim(),
    allowed_models: models.length > 0 ? models : null,
    requests_per_minute: wholeNumber(draft.requestsPerMinute),
    tokens_per_day: wholeNumber(draft.tokensPerDay),
    priority: draft.priority,
  };
  if (draft.expiry === 'kept') return request;
  return { ...request, expires_at: expiresAt(draft.expiry, now) };
}

/** Where the manager's names for fields stand in the form. */
export const FORM_FIELDS: Readonly<Record<string, keyof KeyDraft>> = {
  name: 'name',
  expires_at: 'expiry',
  allowed_models: 'models',
  requests_per_minute: 'requestsPerMinute',
  tokens_per_day: 'tokensPerDay',
  priority: 'priority',
};

/** Whether a key's patterns let it use a model: `*` stands for any part of a name. */
export function allows(patterns: readonly string[] | null, model: string): boolean {
  if (patterns === null) return true;
  return patterns.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`).test(model);
  });
}

function expiresAt(expiry: string, now: number): string | null {
  return expiry === 'never' ? null : new Date(now + Number(expiry) * DAY_MS).toISOString();
}

function isLimit(text: string): boolean {
  return wholeNumber(text, 1) !== undefined;
}
