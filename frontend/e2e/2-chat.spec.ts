import {
  ask,
  askAndWait,
  composer,
  expect,
  expectWords,
  ENDLESS,
  look,
  lookOnPhone,
  openAsAdmin,
  replies,
  stopButton,
  test,
} from './fixtures';

const WEATHER_TOOL = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Get the weather for a city.',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
    },
  },
};

test('a reload in mid-stream keeps the reply, and it goes on', async ({ page }) => {
  await openAsAdmin(page, ENDLESS);
  await ask(page, 'What is MLX Manager?');
  await expectWords(replies(page));
  await expect(page).toHaveURL(/\/chat\/.+/);
  await page.reload();

  await expect(stopButton(page)).toBeVisible();
  await expectWords(replies(page));
  const after = await replies(page).innerText();
  await expect
    .poll(async () => (await replies(page).innerText()).length)
    .toBeGreaterThan(after.length);
  await stopButton(page).click();
  await expect(replies(page)).toContainText('Stopped. The text so far is kept.');
});

test('stopping keeps the text so far, over a reload too, and Esc stops as well', async ({
  page,
}) => {
  await openAsAdmin(page, ENDLESS);
  await ask(page, 'What is MLX?');
  await expectWords(replies(page));
  await stopButton(page).click();
  await expect(replies(page)).toContainText('Stopped. The text so far is kept.');
  // How long it thought is known only to the page that watched it.
  const words = async () =>
    (await replies(page).innerText()).replace(/Thought for \d+\.\d s/, 'Thought');
  const kept = await words();
  await page.reload();
  await expect(replies(page)).toContainText('Stopped. The text so far is kept.');
  expect(await words()).toBe(kept);

  await ask(page, 'What is MLX?');
  // Until it has been taken, the last reply is the one before it.
  await expect(replies(page)).toHaveCount(2);
  await expectWords(replies(page).last());
  await page.keyboard.press('Escape');
  await expect(replies(page).last()).toContainText('Stopped. The text so far is kept.');
});

test('reasoning is shown apart and folds when the answer begins', async ({ page }) => {
  await openAsAdmin(page, { parameters: { thinking: true } });
  await askAndWait(page, 'What is MLX Manager?');
  const fold = page.getByRole('button', { name: /^Thought/ });
  await expect(fold).toHaveText(/Thought for \d+\.\d s/);
  await expect(fold).toHaveAttribute('aria-expanded', 'false');
  await expect(replies(page)).toContainText('large language models');
  await expect(replies(page)).not.toContainText('think>');
  await fold.click();
  await expect(page.getByText('The question is what MLX Manager is.')).toBeVisible();
});

test('a tool call is a card, takes its result, and the model answers from it', async ({ page }) => {
  await openAsAdmin(page, { parameters: { toolsText: JSON.stringify([WEATHER_TOOL]) } });
  await askAndWait(page, 'What is the weather in Lisbon?');
  const card = page.getByRole('region', { name: 'Tool call: get_weather' });
  await expect(card).toContainText('Waits for a result');
  await expect(card.getByRole('group', { name: 'Arguments' })).toHaveText(/"city": "Lisbon"/);

  await card.getByLabel('Result of get_weather').fill('{"temperature": 18}');
  await card.getByRole('button', { name: 'Give result' }).click();
  await expect(card).toContainText('Answered');
  await expect(card).toContainText('"temperature": 18');
  await expect(replies(page)).toHaveCount(2);
  await expect(replies(page).last()).toHaveAttribute('aria-busy', 'false');
  await expect(replies(page).last()).toContainText('18');

  await page.getByRole('button', { name: 'Parameters' }).click();
  await look(page, 'chat-tools');
  await page.getByRole('button', { name: 'Close' }).click();
  await lookOnPhone(page, 'chat-tools');
});

test('tools that are not JSON are told, and nothing can be sent with them', async ({ page }) => {
  await openAsAdmin(page);
  await page.getByRole('button', { name: 'Parameters' }).click();
  await page.getByLabel('Tools').fill('[{"type": "fun');
  await expect(page.getByText('This is not JSON yet')).toBeVisible();
  await composer(page).fill('Hello');
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeDisabled();
  await page.getByRole('button', { name: 'Back to defaults' }).click();
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeEnabled();
});

test('a message that cannot be sent is kept and sent again', async ({ page, context }) => {
  await openAsAdmin(page);
  await context.setOffline(true);
  await ask(page, 'Hello');
  const notice = page.getByRole('alert').filter({ hasText: 'The message was not sent' });
  await expect(notice).toContainText('The manager does not answer.');
  await look(page, 'chat-unsent');
  await context.setOffline(false);
  await notice.getByRole('button', { name: 'Send again' }).click();
  await expectWords(replies(page));
  await expect(notice).toBeHidden();
  // The chat that only the second try could make has an address like any other.
  await expect(page).toHaveURL(/\/chat\/.+/);
  await page.getByRole('link', { name: 'New chat' }).first().click();
  await expect(page).toHaveURL('/chat');
  await expect(replies(page)).toHaveCount(0);
});

test('Shift+Enter starts a line, and a draft survives a reload', async ({ page }) => {
  await openAsAdmin(page);
  await composer(page).fill('first');
  await composer(page).press('Shift+Enter');
  await composer(page).pressSequentially('second');
  await expect(composer(page)).toHaveValue('first\nsecond');
  await page.reload();
  await expect(composer(page)).toHaveValue('first\nsecond');
});

test('the page follows the end until the reader scrolls up, and leads back', async ({ page }) => {
  await page.setViewportSize({ width: 1000, height: 420 });
  await openAsAdmin(page, ENDLESS);
  // Long enough by itself: what an endless model goes on to say is not up to this test.
  await ask(page, Array(30).fill('What is MLX Manager?').join('\n'));
  const box = page.getByRole('region', { name: 'Messages' });
  const left = () => box.evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight);
  await expect
    .poll(() => box.evaluate((node) => node.scrollHeight - node.clientHeight))
    .toBeGreaterThan(200);
  expect(await left()).toBeLessThan(80);

  await box.hover();
  await page.mouse.wheel(0, -5000);
  const jump = page.getByRole('button', { name: 'Jump to latest' });
  await expect(jump).toBeVisible();
  expect(await box.evaluate((node) => node.scrollTop)).toBe(0);
  await stopButton(page).click();
  await jump.click();
  await expect(jump).toBeHidden();
  await expect.poll(left).toBeLessThan(2);
});

test('conversations are renamed and deleted by keyboard', async ({ page }) => {
  await openAsAdmin(page);
  await askAndWait(page, 'Thanks');
  const list = page.getByRole('list', { name: 'Conversations' });
  await list.getByRole('button', { name: 'Actions for Thanks' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Rename' }).press('Enter');
  const field = page.getByLabel('Title of the conversation');
  await expect(field).toBeFocused();
  await field.fill('Polite');
  await field.press('Enter');
  await expect(page.getByRole('heading', { name: 'Polite' })).toBeVisible();
  await page.reload();
  await list.getByRole('button', { name: 'Actions for Polite' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
  await expect(list.getByRole('button', { name: 'Keep' })).toBeFocused();
  await list.getByRole('button', { name: 'Delete for good' }).click();
  await expect(page).toHaveURL('/chat');
  await expect(list.getByText('Polite')).toBeHidden();
});

test('another address than a conversation of mine is told as gone', async ({ page }) => {
  await openAsAdmin(page);
  await page.goto('/chat/00000000-0000-4000-8000-000000000000');
  await expect(page.getByRole('alert')).toContainText('This conversation is gone');
  await page.getByRole('alert').getByRole('button', { name: 'New chat' }).click();
  await expect(page).toHaveURL('/chat');
});
