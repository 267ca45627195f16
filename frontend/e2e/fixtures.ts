/** What every end-to-end test shares: a page that watches itself, people, and a look at each page. */
import AxeBuilder from '@axe-core/playwright';
import {
  expect,
  test as base,
  type APIRequestContext,
  type Locator,
  type Page,
} from '@playwright/test';
import { removeMadeSince } from './leftovers';

export const ADMIN = { email: 'ada@example.org', password: 'correct horse battery' };
export const PHONE = { width: 390, height: 844 };
const SCREENSHOTS = 'e2e/screenshots';

/**
 * A page that fails its test on a script error, a breach of the content policy, or a call elsewhere,
 * and a test that leaves nothing behind when it fails.
 */
export const test = base.extend<{ watched: null; tidied: null }>({
  watched: [
    async ({ page, baseURL }, use) => {
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(`script error: ${error.message}`));
      page.on('console', (message) => {
        if (/Content Security Policy/.test(message.text())) problems.push(message.text());
      });
      page.on('request', (request) => {
        if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(baseURL ?? '')) {
          problems.push(`a call elsewhere: ${request.url()}`);
        }
      });
      await use(null);
      expect(problems).toEqual([]);
    },
    { auto: true },
  ],
  tidied: [
    async ({ request }, use, testInfo) => {
      const since = new Date();
      await use(null);
      if (testInfo.status === testInfo.expectedStatus) return;
      try {
        await removeMadeSince(request, await accessToken(request), since);
      } catch (problem) {
        // Without a manager nothing can be removed; the test's own failure is what counts.
        console.warn('not tidied:', problem);
      }
    },
    { auto: true },
  ],
});

export { expect };

/** The administrator's access token. */
export async function accessToken(request: APIRequestContext): Promise<string> {
  const reply = await request.post('/api/auth/login', { data: ADMIN });
  expect(reply.ok(), await reply.text()).toBe(true);
  return ((await reply.json()) as { access_token: string }).access_token;
}

interface Start {
  path?: string;
  /** What is set in the drawer; temperature 0 unless told otherwise. */
  parameters?: object;
  model?: string;
}

/** Opens the dashboard as the administrator, with replies that are the same each time. */
export async function openAsAdmin(page: Page, { path = '/chat', parameters, model }: Start = {}) {
  const kept = {
    token: await accessToken(page.request),
    parameters: JSON.stringify({ temperature: 0, ...parameters }),
    model: model ?? 'mlx-manager/guide',
  };
  await page.addInitScript((values) => {
    if (localStorage.getItem('mlx-manager.token') !== null) return;
    for (const [key, value] of Object.entries(values)) {
      localStorage.setItem(`mlx-manager.${key}`, value);
    }
  }, kept);
  await page.goto(path);
  if (path.startsWith('/chat')) await expect(composer(page)).toBeVisible();
  else await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
}

/** The stand-in for the hub (see hub.mjs); its faults are those of backend/tests/fakes/hub. */
const HUB = `http://127.0.0.1:${Number(process.env.E2E_PORT ?? 18181) + 1}`;

/** From now on the hub misbehaves: `slow` and `hold` touch the bytes of weights, `status` refuses. */
export async function hubFault(request: APIRequestContext, fault: object) {
  const reply = await request.post(`${HUB}/_hub/faults`, { data: fault });
  expect(reply.ok(), await reply.text()).toBe(true);
}

/** The hub behaves again, and lets go what it held. */
export async function hubWell(request: APIRequestContext) {
  await request.delete(`${HUB}/_hub/faults`);
}

/** A model whose replies do not end by themselves (see serve.mjs): there is time to act. */
export const ENDLESS = {
  model: 'e2e/endless',
  parameters: { temperature: 0, maxTokens: 8000 },
};

export const composer = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });
export const stopButton = (page: Page) => page.getByRole('button', { name: 'Stop', exact: true });
export const replies = (page: Page) => page.locator('article[aria-busy]');

export async function ask(page: Page, question: string) {
  await composer(page).fill(question);
  await composer(page).press('Enter');
}

/** The reply says something, and not only that it is waited for. */
export async function expectWords(reply: Locator) {
  await expect(reply).toHaveText(/^(?!\s*(Waiting for|Reading the prompt)).*\w{3}/s);
}

/** Asks and waits for the whole reply. */
export async function askAndWait(page: Page, question: string) {
  const before = await replies(page).count();
  await ask(page, question);
  await expect(replies(page)).toHaveCount(before + 1);
  await expect(replies(page).last()).toHaveAttribute('aria-busy', 'false');
}

/** What has to be scrolled sideways, but for what is as wide as it is: code, a log, what is in a reply. */
function sideways(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((node) => node.scrollWidth > node.clientWidth + 1)
      .filter((node) => /auto|scroll/.test(getComputedStyle(node).overflowX))
      .filter((node) => !node.closest('pre, article, [role=log]'))
      .map((node) => node.outerHTML.slice(0, 200)),
  );
}

/** No accessibility violation in light and dark, and a screenshot of each; on a phone everything stands
 * within its width. */
export async function look(page: Page, name: string) {
  if (page.viewportSize()?.width === PHONE.width) {
    await expect.poll(() => sideways(page), name).toEqual([]);
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map((node) => node.html),
    }));
    expect(found, `${name}, ${colorScheme}`).toEqual([]);
    await page.screenshot({ path: `${SCREENSHOTS}/${name}-${colorScheme}.png` });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** The same on a phone. */
export async function lookOnPhone(page: Page, name: string) {
  const before = page.viewportSize();
  await page.setViewportSize(PHONE);
  await look(page, `${name}-phone`);
  if (before) await page.setViewportSize(before);
}
