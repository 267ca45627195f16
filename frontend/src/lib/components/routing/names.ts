/** The names of providers, people and keys, as they are known now. */
import type { RuleNames } from '$lib/rule-sentence';
import { callers } from '$lib/state/callers.svelte';
import { providers } from '$lib/state/providers.svelte';

export const names: RuleNames = {
  provider: (id) => providers.nameOf(id),
  person: (id) => callers.personName(id),
  key: (id) => callers.keyName(id),
};
