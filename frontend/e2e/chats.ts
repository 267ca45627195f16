/** Chats for a test to work with, put in by the import: no model has to say anything. */
import { type APIRequestContext, type Page } from '@playwright/test';
import { expect } from './fixtures';
import { tokenOf, type Person } from './places';

const MOMENT = '2026-01-02T03:04:05Z';

interface Said {
  role?: 'user' | 'assistant';
  content: string;
  /** The place of the message it follows, the one before it unless told otherwise. */
  after?: number;
  /** Whatever else a message in a file may have. */
  more?: object;
}

/** A chat as a file has it; its last message is on the branch that is shown. */
export function aChat(title: string, said: (string | Said)[] = ['Hello', 'Hi'], folder?: string) {
  const messages = said.map((each, id) => {
    const { role, content, after, more }: Said =
      typeof each === 'string' ? { content: each } : each;
    return {
      id,
      parent: after ?? (id === 0 ? null : id - 1),
      role: role ?? (id % 2 === 0 ? 'user' : 'assistant'),
      content,
      created_at: MOMENT,
      ...more,
    };
  });
  const facts = { title, model: 'mlx-manager/guide', created_at: MOMENT, messages };
  return { ...facts, shown: messages.length - 1, ...(folder ? { folder } : {}) };
}

export const aFile = (...chats: object[]) =>
  JSON.stringify({ format: 'mlx-manager-chats', version: 1, conversations: chats });

/** Gives somebody chats, the first on top; their ids. */
export async function giveChats(
  request: APIRequestContext,
  person: Person,
  ...chats: object[]
): Promise<string[]> {
  const reply = await request.post('/api/chat/import', {
    data: aFile(...chats),
    headers: {
      Authorization: `Bearer ${await tokenOf(request, person)}`,
      'Content-Type': 'application/json',
    },
  });
  expect(reply.ok(), await reply.text()).toBe(true);
  return ((await reply.json()) as { conversation_ids: string[] }).conversation_ids;
}

export const list = (page: Page, name = 'Conversations') =>
  page.getByRole('list', { name, exact: true });
export const chatLink = (page: Page, title: string) =>
  list(page).getByRole('link', { name: new RegExp(`^${title}`) });
export const searchField = (page: Page) =>
  page.getByRole('textbox', { name: 'Search what was said' });
export const places = (page: Page) => list(page, 'Places found').getByRole('link');

/** Chooses from the menu of a row, a folder or the list, with the keyboard. */
export async function choose(page: Page, menu: string, action: string) {
  await page.getByRole('button', { name: menu, exact: true }).press('Enter');
  await page.getByRole('menuitem', { name: action, exact: true }).press('Enter');
}
