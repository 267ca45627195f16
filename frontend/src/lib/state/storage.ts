/** What the browser keeps for this dashboard. Reads and writes fail quietly where storage is blocked. */
const PREFIX = 'mlx-manager.';

export type Lifetime = 'browser' | 'tab';

function store(lifetime: Lifetime): Storage | undefined {
  try {
    return lifetime === 'browser' ? globalThis.localStorage : globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}

export function recall(key: string, lifetime: Lifetime = 'browser'): string | null {
  return store(lifetime)?.getItem(PREFIX + key) ?? null;
}

/** Keeps a value; null forgets it. */
export function remember(key: string, value: string | null, lifetime: Lifetime = 'browser'): void {
  try {
    if (value === null) store(lifetime)?.removeItem(PREFIX + key);
    else store(lifetime)?.setItem(PREFIX + key, value);
  } catch {
    // A full or blocked store costs only the memory of a preference.
  }
}

/** Forgets all that this tab keeps. */
export function forgetTab(): void {
  const tab = store('tab');
  const keys = Array.from({ length: tab?.length ?? 0 }, (_, at) => tab?.key(at) ?? '');
  for (const key of keys) if (key.startsWith(PREFIX)) tab?.removeItem(key);
}
