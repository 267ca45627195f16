import type { Page } from '@playwright/test';
import { aChat, chatLink, giveChats, list, searchField } from './chats';
import { composer, expect, look, lookOnPhone, PHONE, test } from './fixtures';
import { approvedPerson, openPlace } from './places';

test.slow();

const palette = (page: Page) => page.getByRole('dialog', { name: 'Commands' });
const field = (page: Page) => page.getByRole('combobox', { name: 'Go to, or do' });
const best = (page: Page) => palette(page).getByRole('option', { selected: true });

/** Opens the palette, types, and takes the best. */
async function command(page: Page, words: string, expected: string | RegExp) {
  await page.keyboard.press('Control+K');
  await expect(field(page)).toBeFocused();
  await page.keyboard.type(words);
  await expect(best(page)).toHaveText(expected);
  await page.keyboard.press('Enter');
}

test('the palette reaches pages, chats, models, actions and what was said', async ({ page }) => {
  const person = await approvedPerson(page.request, 'palette@example.org');
  await giveChats(
    page.request,
    person,
    aChat('Minerals', ['What is there?', 'Mostly quartz.']),
    aChat('Recipes', ['Bread?', 'Flour.'], 'Kitchen'),
  );
  await openPlace(page, '/chat', 'New chat', person);
  await expect(chatLink(page, 'Minerals')).toBeVisible();
  await page.keyboard.press('Control+K');
  await expect(palette(page).getByRole('option').first()).toBeVisible();
  await look(page, 'palette');
  await lookOnPhone(page, 'palette');
  await page.keyboard.press('Control+K');
  await expect(palette(page)).toBeHidden();

  await command(page, 'usage', /Usage/);
  await expect(page).toHaveURL('/usage');
  await command(page, 'minerals', /Minerals/);
  await expect(page.getByRole('heading', { name: 'Minerals', level: 1 })).toBeVisible();

  await command(page, 'rename this', /Rename this chat/);
  const title = page.getByLabel('Title of the conversation');
  await expect(title).toBeFocused();
  await title.fill('Stones');
  await title.press('Enter');
  await expect(chatLink(page, 'Stones')).toBeVisible();

  await page.keyboard.press('Control+K');
  await page.keyboard.type('quartz');
  const said = palette(page).getByRole('group', { name: 'What was said' });
  await expect(said.getByRole('option')).toContainText('Mostly quartz.');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#/);

  await command(page, 'theme dark', /Theme: Dark/);
  await expect(page.locator(':root')).toHaveAttribute('data-theme', 'dark');
  await command(page, 'theme system', /Theme: As the system/);

  await page.keyboard.press('Control+Shift+M');
  await expect(field(page)).toBeFocused();
  await page.keyboard.type('endless');
  await expect(best(page)).toContainText('e2e/endless');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Model: endless')).toBeVisible();

  await command(page, 'delete this', /Delete this chat/);
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete for good' }).click();
  await expect(page).toHaveURL('/chat');
  await expect(chatLink(page, 'Stones')).toBeHidden();

  await page.keyboard.press('Control+K');
  await page.keyboard.type('no such thing anywhere');
  await expect(palette(page)).toContainText('Nothing fits these words.');
  await page.keyboard.press('Escape');
  await expect(palette(page)).toBeHidden();
});

test('what is typed before the palette is there is meant for it', async ({ page }) => {
  const person = await approvedPerson(page.request, 'swift@example.org');
  await openPlace(page, '/chat', 'New chat', person);
  await composer(page).fill('A draft');
  await page.route(/_app\/immutable/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await route.continue();
  });
  await page.keyboard.press('Control+K');
  await page.keyboard.type('theme dark');
  await expect(palette(page)).toBeHidden();
  await expect(best(page)).toHaveText(/Theme: Dark/);
  await expect(field(page)).toBeFocused();
  await page.keyboard.type('!');
  await expect(field(page)).toHaveValue('theme dark!');
  await page.keyboard.press('Control+K');
  await expect(palette(page)).toBeHidden();
  await expect(composer(page)).toHaveValue('A draft');
  await page.keyboard.press('Control+K');
  await expect(field(page)).toHaveValue('');
});

test('everything in the list is done without a mouse', async ({ page }) => {
  const person = await approvedPerson(page.request, 'keys@example.org');
  await giveChats(
    page.request,
    person,
    aChat('First'),
    aChat('Second'),
    aChat('Third', undefined, 'Work'),
  );
  await openPlace(page, '/chat', 'New chat', person);
  await expect(chatLink(page, 'First')).toBeVisible();
  await page.keyboard.press('Control+Shift+F');
  await expect(searchField(page)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  const folder = page.getByRole('button', { name: 'Work', exact: true });
  await expect(folder).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(list(page, 'Work').getByRole('link')).toHaveText(/^Third/);
  await page.keyboard.press('ArrowDown');
  await expect(chatLink(page, 'Third')).toBeFocused();
  await page.keyboard.press('End');
  await expect(chatLink(page, 'Second')).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(list(page).getByRole('button', { name: 'Keep' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(chatLink(page, 'Second')).toBeFocused();
  await page.keyboard.press('F2');
  await page.keyboard.type('Renamed');
  await page.keyboard.press('Escape');
  await expect(chatLink(page, 'Second')).toBeFocused();
  await page.keyboard.press('F2');
  await expect(page.getByLabel('Title of the conversation')).toBeFocused();
  await page.keyboard.type('Renamed');
  await page.keyboard.press('Enter');
  await expect(chatLink(page, 'Renamed')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Renamed', level: 1 })).toBeVisible();

  await page.keyboard.press('Control+Shift+O');
  await expect(page).toHaveURL('/chat');
  await expect(composer(page)).toBeFocused();
  await page.keyboard.type('?');
  await expect(composer(page)).toHaveValue('?');
});

test('a sheet lists the shortcuts, and is reached on a phone too', async ({ page }) => {
  const person = await approvedPerson(page.request, 'sheet@example.org');
  await openPlace(page, '/usage', 'Usage', person);
  await page.getByRole('region', { name: 'Usage', exact: true }).focus();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(sheet).toContainText('Open the commands');
  await look(page, 'shortcuts');
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();

  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click();
  await expect(sheet).toBeVisible();
  await look(page, 'shortcuts-phone');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Commands' }).click();
  await field(page).fill('chat');
  await palette(page)
    .getByRole('option', { name: /New chat/ })
    .click();
  await expect(page).toHaveURL('/chat');
});
