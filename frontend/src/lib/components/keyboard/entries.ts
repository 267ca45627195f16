/** What the palette reaches: actions, the chat in front, pages, conversations, models. */
import { goto } from '$app/navigation';
import { resolve } from '$app/paths';
import type { Conversation, SearchHit } from '$lib/api/types';
import { count, relativeTime } from '$lib/format';
import type { Entry } from '$lib/palette';
import { clock } from '$lib/state/clock.svelte';
import { conversations } from '$lib/state/conversations.svelte';
import { folders } from '$lib/state/folders.svelte';
import { keyboard } from '$lib/state/keyboard.svelte';
import { models } from '$lib/state/models.svelte';
import { session } from '$lib/state/session.svelte';
import { summons } from '$lib/state/summons.svelte';
import { THEME_CHOICES, theme } from '$lib/state/theme.svelte';
import { strings } from '$lib/strings';
import { keyboard as words } from '$lib/strings/keyboard';
import { removeAfterQuestion, save, saveAll } from '../chat/conversation-actions';
import { placesFor } from '../shared/places';
import type { IconName } from '../ui/Icon.svelte';
import { newChat, summon } from './go';

const { groups, actions } = words;

function entry(
  group: string,
  icon: IconName,
  label: string,
  run: () => void,
  note?: string,
): Entry {
  return { id: `${group} ${label}`, group, icon, label, note, run };
}

export function actionEntries(): Entry[] {
  const act = (icon: IconName, label: string, run: () => void) =>
    entry(groups.actions, icon, label, run);
  return [
    act('plus', actions.newChat, newChat),
    act('search', actions.search, () => summon('search')),
    act('cube', actions.model, () => keyboard.open('models')),
    act('folder', actions.newFolder, () => summon('new-folder')),
    act('tray', actions.importChats, () => summon('import')),
    act('save', actions.exportAll, () => void saveAll('json')),
    act('save', actions.exportAllMarkdown, () => void saveAll('markdown')),
    act('keys', words.shortcuts, () => (keyboard.sheet = true)),
    ...THEME_CHOICES.map((choice) => ({
      ...act('sun', actions.theme(strings.frame.themes[choice]), () => (theme.choice = choice)),
      stays: true,
    })),
    act('leave', actions.logout, () => void session.logout()),
  ];
}

/** What can be done with the conversation in front. */
export function chatEntries(item: Conversation): Entry[] {
  const act = (icon: IconName, label: string, run: () => void) =>
    entry(groups.chat, icon, label, run, item.title);
  return [
    act('search', actions.find, () => summons.ask('find')),
    act('pencil', actions.rename, () => summons.ask('rename')),
    act('folder', actions.move, () => summons.ask('move')),
    act('save', actions.exportMarkdown, () => void save(item, 'markdown')),
    act('save', actions.exportJson, () => void save(item, 'json')),
    act('trash', actions.remove, () => void removeAfterQuestion(item)),
  ];
}

export function pageEntries(): Entry[] {
  const places = placesFor(session.user?.is_admin ?? false).map(({ icon, label, href }) =>
    // eslint-disable-next-line svelte/no-navigation-without-resolve -- places.ts has resolved it
    entry(groups.pages, icon, label, () => void goto(href)),
  );
  return [
    ...places,
    entry(groups.pages, 'key', strings.frame.ownKeys, () => void goto(resolve('/people/keys'))),
    entry(
      groups.pages,
      'gear',
      strings.frame.ownAccount,
      () => void goto(resolve('/people/account')),
    ),
  ];
}

export function conversationEntries(): Entry[] {
  return conversations.latest.map((item) => ({
    id: item.id,
    group: groups.conversations,
    icon: 'chat',
    label: item.title,
    note: folders.find(item.folder_id)?.name ?? relativeTime(item.updated_at, clock.now),
    run: () => void goto(resolve('/(app)/chat/[[id]]', { id: item.id })),
  }));
}

export function modelEntries(): Entry[] {
  return models.items.map((model) => ({
    id: `model ${model.id}`,
    group: groups.models,
    icon: model.id === models.selected ? 'check' : 'cube',
    label: model.id,
    note: [
      model.id === models.selected ? words.inUse : null,
      model.loaded ? strings.models.loaded : null,
      model.context_length ? strings.models.context(count(model.context_length)) : null,
    ]
      .filter(Boolean)
      .join(' · '),
    run: () => models.select(model.id),
    stays: true,
  }));
}

/** Where a search found what was typed. */
export function saidEntries(hits: readonly SearchHit[], typed: string): Entry[] {
  return hits.map((hit) => ({
    id: `said ${hit.conversation_id} ${hit.message_id}`,
    group: groups.said,
    icon: 'search',
    label: hit.title,
    note: hit.snippet.map((part) => part.text).join(''),
    run: () => {
      const chat = resolve('/(app)/chat/[[id]]', { id: hit.conversation_id });
      const words = new URLSearchParams({ words: typed });
      const place = `${chat}?${words}#${hit.message_id}`;
      // eslint-disable-next-line svelte/no-navigation-without-resolve -- both begin with what is resolved
      void goto(hit.message_id === null ? chat : place);
    },
  }));
}
