/** What an administrator can do with a provider, each with its question and its notice. */
import type { Provider } from '$lib/api/types';
import type { ApiError } from '$lib/api/errors';
import { confirmation } from '$lib/state/confirmation.svelte';
import { hasNews, providers } from '$lib/state/providers.svelte';
import { toasts } from '$lib/state/toasts.svelte';
import { providers as words } from '$lib/strings/providers';

export async function enable(provider: Provider, wanted: boolean): Promise<void> {
  tell(await providers.enable(provider.id, wanted));
}

/** Asks it for its models and lets it offer what it lists. What goes wrong stands in the row. */
export async function refreshModels(provider: Provider): Promise<void> {
  await providers.test(provider.id);
  const tested = providers.tested.get(provider.id);
  if (!tested?.ok) return;
  if (hasNews(provider, tested)) await takeModels(provider);
  else toasts.show(words.sameModels);
}

/** Lets it offer what its last test listed. */
export async function takeModels(provider: Provider): Promise<void> {
  const count = providers.tested.get(provider.id)?.models.length ?? 0;
  const failure = await providers.takeModels(provider.id);
  tell(failure);
  if (!failure) toasts.show(words.tookModels(provider.name, count), { tone: 'good' });
}

export async function remove(provider: Provider): Promise<void> {
  const agreed = await confirmation.ask({
    title: words.removeTitle(provider.name),
    text: words.removeText,
    action: words.removeAction,
    bad: true,
  });
  if (!agreed) return;
  const failure = await providers.remove(provider.id);
  tell(failure);
  if (!failure) toasts.show(words.removed(provider.name), { tone: 'good' });
}

function tell(failure: ApiError | null): void {
  if (failure) toasts.show(failure.message, { tone: 'bad' });
}
