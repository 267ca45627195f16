/** What an administrator can do with an account, each with its question and its notice. */
import { goto } from '$app/navigation';
import { resolve } from '$app/paths';
import type { ApiError } from '$lib/api/errors';
import type { User, UserUpdate } from '$lib/api/types';
import { confirmation } from '$lib/state/confirmation.svelte';
import { people } from '$lib/state/people.svelte';
import { session } from '$lib/state/session.svelte';
import { toasts } from '$lib/state/toasts.svelte';
import { people as words } from '$lib/strings/people';

export async function setRole(user: User, isAdmin: boolean): Promise<void> {
  const isSelf = user.id === session.user?.id;
  if (!isAdmin && isSelf) {
    const agreed = await confirmation.ask({
      title: words.demoteSelfTitle,
      text: words.demoteSelfText,
      action: words.demote,
      bad: true,
    });
    if (!agreed) return;
  }
  await change(user, { is_admin: isAdmin });
  // This page is not theirs any more.
  if (session.user && !session.user.is_admin) await goto(resolve('/people/keys'));
}

export async function disable(user: User): Promise<void> {
  const agreed = await confirmation.ask({
    title: words.disableTitle(user.email),
    text: words.disableText,
    action: words.disable,
    bad: true,
  });
  if (agreed) await change(user, { status: 'disabled' });
}

export async function enable(user: User): Promise<void> {
  await change(user, { status: 'approved' });
}

/** Says first how much goes with the account. */
export async function remove(user: User): Promise<void> {
  let goes;
  try {
    goes = await people.detail(user.id);
  } catch (problem) {
    tell(problem as ApiError);
    return;
  }
  const agreed = await confirmation.ask({
    title: words.removeTitle(user.email),
    text: words.removeText(goes.conversations, goes.api_keys),
    action: words.remove,
    bad: true,
  });
  if (!agreed) return;
  const failure = await people.remove(user.id);
  if (failure) tell(failure);
  else toasts.show(words.removed(user.email), { tone: 'good' });
}

async function change(user: User, wanted: UserUpdate): Promise<void> {
  const failure = await people.change(user.id, wanted);
  if (failure) tell(failure);
}

function tell(failure: ApiError): void {
  toasts.show(failure.message, { tone: 'bad' });
}
