import type { Page } from '@playwright/test';
import { askAndWait, composer, expect, openAsAdmin, replies, test } from './fixtures';
import { lookEverywhere } from './places';

// Each page is looked at in four shapes on the way: that takes its time on a busy machine.
test.slow();

const questions = (page: Page) =>
  page.getByRole('region', { name: 'Messages' }).locator('article:not([aria-busy])');
const version = (page: Page, place: number, all: number) =>
  page.getByRole('group', { name: `Version ${place} of ${all}` });

test('a question is edited, its versions are switched by keyboard, and a reload shows the same', async ({
  page,
}) => {
  await openAsAdmin(page);
  await askAndWait(page, 'What is MLX Manager?');
  await questions(page).hover();
  await page.getByRole('button', { name: 'Edit message' }).click();
  const editor = page.getByRole('textbox', { name: 'Edited message' });
  await expect(editor).toBeFocused();
  await editor.press('Escape');
  await expect(editor).toBeHidden();
  await expect(page.getByRole('button', { name: 'Edit message' })).toBeFocused();

  await page.keyboard.press('Enter');
  await editor.fill('Do I need an API key?');
  await editor.press('Enter');
  await expect(questions(page)).toHaveText(/Do I need an API key\?/);
  await expect(replies(page)).toHaveAttribute('aria-busy', 'false');
  await expect(version(page, 2, 2)).toBeVisible();
  await lookEverywhere(page, 'chat-branches');

  await page.getByRole('button', { name: 'Previous version' }).focus();
  await page.keyboard.press('Enter');
  await expect(questions(page)).toHaveText(/What is MLX Manager\?/);
  await expect(version(page, 1, 2)).toBeVisible();
  await page.reload();
  await expect(questions(page)).toHaveText(/What is MLX Manager\?/);
  await expect(version(page, 1, 2)).toBeVisible();

  await page.getByRole('button', { name: 'Previous version' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(questions(page)).toHaveText(/Do I need an API key\?/);
});

test('another reply stands in the place of the first, which is kept', async ({ page }) => {
  await openAsAdmin(page);
  await askAndWait(page, 'Where are models stored?');
  await page.getByRole('button', { name: 'Another reply' }).click();
  await expect(version(page, 2, 2)).toBeVisible();
  await expect(replies(page)).toHaveCount(1);
  await expect(replies(page)).toHaveAttribute('aria-busy', 'false');
  await page.getByRole('button', { name: 'Previous version' }).click();
  await expect(version(page, 1, 2)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Previous version' })).toBeFocused();
  // A new question goes on from the version that is shown.
  await askAndWait(page, 'Thanks');
  await page.reload();
  await expect(version(page, 1, 2)).toBeVisible();
  await expect(replies(page)).toHaveCount(2);
});

const NOTES = {
  name: 'notes.txt',
  mimeType: 'text/plain',
  buffer: Buffer.from('The key is 42.\n'),
};

test('text files come with a message: chosen, pasted and dropped, and taken away again', async ({
  page,
}) => {
  await openAsAdmin(page);
  const files = page.getByRole('list', { name: 'Files for this message' });
  await page.locator('form input[type=file]').setInputFiles(NOTES);
  await expect(files.getByRole('listitem')).toHaveText([/notes\.txt\s*15 B/]);
  for (const [event, name] of [
    ['paste', 'pasted.txt'],
    ['drop', 'dropped.txt'],
  ] as const) {
    await give(page, event, name, 'text/plain');
    await expect(files.getByText(name)).toBeVisible();
  }
  await give(page, 'drop', 'picture.png', 'image/png');
  await expect(page.getByRole('alert')).toContainText('picture.png is not a text file');
  await lookEverywhere(page, 'chat-attachments');
  await files.getByRole('button', { name: 'Remove pasted.txt' }).click();
  await expect(files.getByRole('listitem')).toHaveCount(2);
  await page.reload();
  await expect(files.getByRole('listitem')).toHaveCount(2);

  await askAndWait(page, 'What do my notes say?');
  await expect(files).toBeHidden();
  await expect(questions(page)).toContainText('notes.txt');
  await expect(questions(page)).toContainText('dropped.txt');
});

/** Pastes or drops a small file onto the composer, as the browser would. */
async function give(page: Page, event: 'paste' | 'drop', name: string, type: string) {
  await composer(page).evaluate(
    (node, given) => {
      const data = new DataTransfer();
      data.items.add(new File(['some text'], given.name, { type: given.type }));
      const init = { bubbles: true, cancelable: true };
      node.dispatchEvent(
        given.event === 'paste'
          ? new ClipboardEvent('paste', { ...init, clipboardData: data })
          : new DragEvent('drop', { ...init, dataTransfer: data }),
      );
    },
    { event, name, type },
  );
}

test('a reply follows a schema that is built from rows', async ({ page }) => {
  await openAsAdmin(page, { parameters: { maxTokens: 200 } });
  await page.getByRole('button', { name: 'Parameters' }).click();
  await page.getByRole('button', { name: 'Add a field' }).click();
  await page.keyboard.type('needed');
  await page.getByLabel('Type of field 1').selectOption('Yes or no');
  await expect(page.getByText('Reads as a schema')).toBeVisible();
  await page.getByRole('radio', { name: 'Schema' }).click();
  const text = page.getByRole('textbox', { name: 'JSON Schema' });
  await expect(text).toHaveValue(/"needed": \{\s*"type": "boolean"/);
  await lookEverywhere(page, 'chat-schema');
  await page.keyboard.press('Escape');
  await askAndWait(page, 'Do I need an API key?');
  await expect(replies(page)).toContainText('Valid, follows the schema');
  await expect(replies(page).locator('pre')).toHaveText(/\{\s*"needed": (true|false)\s*\}/);
  await page.reload();
  await expect(replies(page)).toContainText('Valid, follows the schema');
});

test('a schema that does not read as one is told, and nothing is sent with it', async ({
  page,
}) => {
  await openAsAdmin(page, { parameters: { schemaText: '{"type": "text"}' } });
  await composer(page).fill('Hello');
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeDisabled();
  await page.getByRole('button', { name: 'Parameters' }).click();
  await expect(page.getByText('"text" is no type')).toBeVisible();
  await page.getByRole('button', { name: 'Remove the schema' }).click();
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeEnabled();
});
