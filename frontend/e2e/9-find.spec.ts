import type { Page } from '@playwright/test';
import { aChat, giveChats } from './chats';
import { composer, expect, look, lookOnPhone, openAsAdmin, test } from './fixtures';
import { deleteChat, longChat, saidAt } from './long-chat';
import { approvedPerson, openPlace } from './places';

test.slow();

const MESSAGES = 1000;
const bar = (page: Page) => page.getByRole('search', { name: 'Find in this chat' });
const field = (page: Page) => bar(page).getByRole('textbox');

const message = (page: Page, place: number) =>
  page.locator('[data-row]').filter({ hasText: saidAt(place) });

/** The message in front. */
const front = (page: Page) => page.locator('[data-row].bg-accent-soft');

/** The texts that are marked. */
const marked = (page: Page) =>
  page.evaluate(() => [...(CSS.highlights.get('found')?.values() ?? [])].map(String));

/** Whether the page leaves Ctrl+F to the browser. */
const isBrowsers = (page: Page) =>
  page.evaluate(() => {
    const pressed = { key: 'f', ctrlKey: true, bubbles: true, cancelable: true };
    return (document.activeElement ?? document.body).dispatchEvent(
      new KeyboardEvent('keydown', pressed),
    );
  });

test('words are found in a chat of which only a part is drawn', async ({ page }) => {
  const chat = await longChat(page.request, MESSAGES);
  await openAsAdmin(page, { path: `/chat/${chat}` });
  await expect(message(page, MESSAGES - 1)).toBeInViewport();
  await composer(page).focus();
  await page.keyboard.press('Control+F');
  await expect(field(page)).toBeFocused();

  // Asked at the very beginning: it is fetched, drawn, brought into view and marked.
  await page.keyboard.type('question 4: WHAT');
  await expect(bar(page).getByRole('status')).toHaveText('1 of 1');
  await expect(message(page, 4)).toBeInViewport();
  await expect.poll(() => marked(page)).toEqual(['Question 4: what']);

  // A word across the marks of Markdown, in every sixth pair of messages or so.
  await field(page).fill('paragraph with emphasis');
  await expect(bar(page).getByRole('status')).toHaveText(/^1 of \d\d+$/);
  const first = (await front(page).getAttribute('id')) ?? '';
  await page.keyboard.press('Enter');
  await expect(bar(page).getByRole('status')).toHaveText(/^2 of/);
  await expect(front(page)).not.toHaveAttribute('id', first);
  await expect(front(page)).toBeInViewport();
  await expect.poll(async () => (await marked(page)).length).toBeGreaterThan(0);
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.press('ArrowUp');
  await expect(bar(page).getByRole('status')).toHaveText(/^(\d+) of \1$/);
  await look(page, 'chat-find');
  await lookOnPhone(page, 'chat-find');

  expect(await isBrowsers(page)).toBe(true);
  await field(page).fill('no such words');
  await expect(bar(page).getByRole('status')).toHaveText('Not in this chat');
  await expect(bar(page).getByRole('button', { name: /^Next message/ })).toBeDisabled();
  await page.keyboard.press('Escape');
  await expect(bar(page)).toBeHidden();
  await expect(composer(page)).toBeFocused();
  expect(await marked(page)).toEqual([]);
  await deleteChat(page.request, chat);
});

test('the palette opens it in a chat that the browser can search itself', async ({ page }) => {
  const person = await approvedPerson(page.request, 'finder@example.org');
  await giveChats(page.request, person, aChat('Stones', ['What is there?', 'Mostly **quartz**.']));
  await openPlace(page, '/chat', 'New chat', person);
  await page.getByRole('link', { name: /^Stones/ }).click();
  await expect(page.getByText('Mostly')).toBeVisible();
  expect(await isBrowsers(page)).toBe(true);
  await expect(bar(page)).toBeHidden();

  await page.keyboard.press('Control+K');
  await page.keyboard.type('find in this');
  await expect(page.getByRole('option', { selected: true })).toContainText('Find in this chat');
  await page.keyboard.press('Enter');
  await expect(field(page)).toBeFocused();
  await page.keyboard.type('mostly quartz');
  await expect(bar(page).getByRole('status')).toHaveText('1 of 1');
  await expect.poll(() => marked(page)).toEqual(['Mostly quartz']);
  await bar(page)
    .getByRole('button', { name: /^Close/ })
    .click();
  await expect(bar(page)).toBeHidden();
  await expect(page.getByRole('region', { name: 'Messages' })).toBeFocused();
});
