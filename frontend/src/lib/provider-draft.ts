/** The form of a provider: what a person types, what is wrong with it, and the requests. Pure. */
import type { Provider, ProviderCreate, ProviderKind, ProviderUpdate } from '$lib/api/types';
import { providers as words } from '$lib/strings/providers';
import { namesIn } from './typed-names';

export interface ProviderDraft {
  name: string;
  kind: ProviderKind;
  baseUrl: string;
  /** What is typed; a kept key is never shown. */
  key: string;
  forgetKey: boolean;
  /** One name a line. */
  models: string;
  connectSeconds: string;
  firstSeconds: string;
  stallSeconds: string;
}

export type ProviderProblems = Partial<Record<keyof ProviderDraft, string>>;

export function emptyProvider(): ProviderDraft {
  return {
    name: '',
    kind: 'openai',
    baseUrl: '',
    key: '',
    forgetKey: false,
    models: '',
    connectSeconds: '5',
    firstSeconds: '120',
    stallSeconds: '60',
  };
}

export function draftOfProvider(provider: Provider): ProviderDraft {
  return {
    name: provider.name,
    kind: provider.kind,
    baseUrl: provider.base_url,
    key: '',
    forgetKey: false,
    models: provider.models.join('\n'),
    connectSeconds: String(provider.connect_seconds),
    firstSeconds: String(provider.first_seconds),
    stallSeconds: String(provider.stall_seconds),
  };
}

/** Sentences by field; empty when the draft can be sent. */
export function providerProblems(draft: ProviderDraft): ProviderProblems {
  const problems: ProviderProblems = {};
  if (!draft.name.trim()) problems.name = words.form.nameMissing;
  if (!/^https?:\/\/\S+$/i.test(draft.baseUrl.trim())) {
    problems.baseUrl = words.form.notAnAddress;
  }
  for (const field of ['connectSeconds', 'firstSeconds', 'stallSeconds'] as const) {
    if (!(Number(draft[field]) > 0)) problems[field] = words.form.notSeconds;
  }
  return problems;
}

export function createOf(draft: ProviderDraft): ProviderCreate {
  return { ...fieldsOf(draft), ...(draft.key ? { key: draft.key } : {}) };
}

/** A key that is neither typed nor to be forgotten is left out, which keeps it. */
export function updateOf(draft: ProviderDraft): ProviderUpdate {
  return draft.forgetKey ? { ...fieldsOf(draft), key: null } : createOf(draft);
}

/** Whether the manager will forget the kept key because of another address. */
export function losesKey(draft: ProviderDraft, before: Provider): boolean {
  const address = draft.baseUrl.trim().replace(/\/+$/, '');
  return before.has_key && !draft.key && address !== before.base_url;
}

/** Where the manager's names for fields stand in the form. */
export const PROVIDER_FIELDS: Readonly<Record<string, keyof ProviderDraft>> = {
  name: 'name',
  kind: 'kind',
  base_url: 'baseUrl',
  key: 'key',
  models: 'models',
  connect_seconds: 'connectSeconds',
  first_seconds: 'firstSeconds',
  stall_seconds: 'stallSeconds',
};

function fieldsOf(draft: ProviderDraft) {
  return {
    name: draft.name.trim(),
    kind: draft.kind,
    base_url: draft.baseUrl.trim(),
    models: namesIn(draft.models),
    connect_seconds: Number(draft.connectSeconds),
    first_seconds: Number(draft.firstSeconds),
    stall_seconds: Number(draft.stallSeconds),
  };
}
