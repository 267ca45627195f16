import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, openAsAdmin, test } from './fixtures';
import { lookEverywhere } from './places';

/**
 * Every page behind the login, as the router's own folders have them, so that none is forgotten. One
 * whose address needs something that was made before has its picture from the journey that makes it.
 */
const folder = fileURLToPath(new URL('../src/routes/(app)', import.meta.url));
const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('+page.svelte'))
  .map((file) => `/${file.replace(/\/?\+page\.svelte$/, '').replace(/\/?\[\[\w+\]\]/, '')}`)
  .filter((path) => !path.includes('['))
  .sort();

/** What web.dev calls good is twice as much. */
const MOST_SHIFT = 0.05;

declare global {
  interface Window {
    /** The share of the page that moved by itself, times how far, as the browser counts it. */
    shifted: number;
  }
}

function countShifts() {
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries() as (PerformanceEntry & { value: number })[]) {
      window.shifted += shift.value;
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

test.slow();

test('there are pages to look at', () => {
  expect(pages).toEqual(expect.arrayContaining(['/chat', '/models', '/settings', '/welcome']));
});

for (const path of pages) {
  test(`${path} is looked at in light and dark, wide and on a phone`, async ({ page }) => {
    await page.addInitScript(countShifts);
    await openAsAdmin(page, { path });
    // Nothing is still on its way when the picture is taken.
    await expect(page.locator('.skeleton')).toHaveCount(0);
    // What came late has found its place free.
    expect(await page.evaluate(() => window.shifted)).toBeLessThan(MOST_SHIFT);
    await lookEverywhere(page, `page${path.replaceAll('/', '-')}`);
  });
}

test('the line under a head goes from edge to edge, and head and body line up', async ({
  page,
}) => {
  await openAsAdmin(page, { path: '/models' });
  const main = (await page.getByRole('main').boundingBox())!;
  const line = (await page.getByRole('main').locator('header').first().boundingBox())!;
  expect([line.x, line.width]).toEqual([main.x, main.width]);
  const title = (await page.getByRole('heading', { level: 1 }).boundingBox())!;
  const list = page.getByRole('list', { name: 'The models on this machine' });
  const body = (await list.boundingBox())!;
  expect(title.x).toBe(body.x);
  // Its tabs lie on the line.
  const tab = page.getByRole('link', { name: /^On this machine/ });
  const foot = (await tab.boundingBox())!;
  expect(Math.abs(foot.y + foot.height - (line.y + line.height))).toBeLessThanOrEqual(1);
});
