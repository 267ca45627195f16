import type { Locator, Page } from '@playwright/test';
import {
  ask,
  ENDLESS,
  expect,
  expectWords,
  look,
  openAsAdmin,
  PHONE,
  replies,
  stopButton,
  test,
} from './fixtures';
import { asAdmin, lookEverywhere } from './places';

// The page is looked at in four shapes on the way: that takes its time on a busy machine.
test.slow();

const both = (page: Page) => page.getByRole('group', { name: 'Two replies to one question' });
const column = (page: Page, which: 'First' | 'Second') =>
  both(page).getByRole('region', { name: new RegExp(`^${which} reply: `) });
const reply = (card: Locator) => card.locator('article[aria-busy]');
const chosen = (page: Page, place: number) =>
  page.getByRole('group', { name: `Version ${place} of 2` });

async function compareWith(page: Page, model: string) {
  await page.getByLabel(/^Compare with/).click();
  await page.getByRole('option', { name: model, exact: true }).click();
}

async function lengths(cards: Locator[]): Promise<number[]> {
  const texts = await Promise.all(cards.map((card) => reply(card).innerText()));
  return texts.map((text) => text.length);
}

/** Each card's text gets longer, while neither of the two replies has ended. */
async function expectBothGrow(page: Page) {
  const cards = [column(page, 'First'), column(page, 'Second')];
  for (const card of cards) await expectWords(reply(card));
  const before = await lengths(cards);
  await expect
    .poll(async () => (await lengths(cards)).every((length, at) => length > before[at]!))
    .toBe(true);
  for (const card of cards) await expect(reply(card)).toHaveAttribute('aria-busy', 'true');
}

test('two models answer one question side by side, and one of them goes on', async ({ page }) => {
  await openAsAdmin(page, { parameters: { maxTokens: 60 } });
  await compareWith(page, ENDLESS.model);
  await ask(page, 'What is MLX Manager?');
  await expect(column(page, 'Second')).toHaveAccessibleName(/: endless$/);
  await expect(both(page).getByRole('button', { name: /^Go on with/ })).toHaveCount(2);
  for (const which of ['First', 'Second'] as const) {
    await expect(column(page, which)).toContainText(/\d+ tokens/);
    await expect(column(page, which)).toContainText(/tokens\/s/);
  }
  await page.reload();
  await expect(both(page).getByRole('button', { name: /^Go on with/ })).toHaveCount(2);
  await lookEverywhere(page, 'chat-compare');
  await both(page).getByRole('button', { name: 'Go on with guide' }).click();
  await expect(both(page)).toBeHidden();
  await expect(chosen(page, 1)).toBeVisible();
  await expect(replies(page)).toContainText('guide');
  await page.reload();
  await expect(chosen(page, 1)).toBeVisible();
  await expect(both(page)).toBeHidden();
});

test('both are written at once, over a reload, and each is stopped by itself', async ({ page }) => {
  const headers = await asAdmin(page.request);
  const made = await page.request.post('/api/profiles', {
    data: { name: 'endless-too', model: ENDLESS.model },
    headers,
  });
  expect(made.ok(), await made.text()).toBe(true);
  await openAsAdmin(page, { model: ENDLESS.model, parameters: { maxTokens: 30_000 } });
  await compareWith(page, 'endless-too');
  await ask(page, 'Which of you is faster?');
  await expectBothGrow(page);
  await page.reload();
  await expectBothGrow(page);
  await expectBeside(page);
  await look(page, 'chat-compare-streaming');

  await both(page).getByRole('button', { name: 'Stop endless-too' }).click();
  const [first, second] = [column(page, 'First'), column(page, 'Second')];
  await expect(reply(second)).toHaveAttribute('aria-busy', 'false');
  await expect(second).toContainText(/tokens\/s/);
  const [before] = await lengths([first]);
  await expect.poll(async () => (await lengths([first]))[0]).toBeGreaterThan(before!);
  await expect(reply(first)).toHaveAttribute('aria-busy', 'true');

  await stopButton(page).click();
  await expect(reply(first)).toHaveAttribute('aria-busy', 'false');
  await both(page).getByRole('button', { name: 'Go on with endless-too' }).click();
  await expect(chosen(page, 2)).toBeVisible();
  await expect(replies(page)).toContainText('endless-too');
  const { id } = (await made.json()) as { id: string };
  await page.request.post(`/api/servers/${id}/stop`, { headers });
  expect((await page.request.delete(`/api/profiles/${id}`, { headers })).status()).toBe(204);
});

/** Side by side where there is room, under each other on a phone. */
async function expectBeside(page: Page) {
  // Both in one look: the page follows the replies, which grow between two.
  const boxes = () =>
    both(page)
      .getByRole('region', { name: /^(First|Second) reply: / })
      .evaluateAll((cards) =>
        cards.map((card) => card.getBoundingClientRect().toJSON() as DOMRect),
      );
  const [left, right] = await boxes();
  expect(right!.x).toBeGreaterThanOrEqual(left!.x + left!.width);
  expect(Math.abs(right!.y - left!.y)).toBeLessThan(1);
  const before = page.viewportSize()!;
  await page.setViewportSize(PHONE);
  await expect
    .poll(async () => {
      const [upper, lower] = await boxes();
      return lower!.y >= upper!.y + upper!.height && Math.abs(lower!.x - upper!.x) < 1;
    })
    .toBe(true);
  await page.setViewportSize(before);
}
