/** What every end-to-end test shares: a page that watches itself, people, and a look at each page. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type APIRequestContext, type Page } from '@playwright/test';

export const ADMIN = { email: 'ada@example.org', password: 'correct horse battery' };
export const PHONE = { width: 390, height: 844 };
const SCREENSHOTS = 'e2e/screenshots';

/** A page that fails its test on a script error, a breach of the content policy, or a call elsewhere. */
export const test = base.extend<{ watched: void }>({
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
      await use();
      expect(problems).toEqual([]);
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

/** Opens `path` as the administrator, with replies that are the same each time unless told otherwise. */
export async function openAsAdmin(page: Page, path = '/chat', parameters: object = {}) {
  const token = await accessToken(page.request);
  await page.addInitScript(
    ([key, kept]) => {
      if (localStorage.getItem('mlx-manager.token') === null) {
        localStorage.setItem('mlx-manager.token', key);
        localStorage.setItem('mlx-manager.parameters', kept);
      }
    },
    [token, JSON.stringify({ temperature: 0, ...parameters })] as const,
  );
  await page.goto(path);
  await expect(composer(page)).toBeVisible();
}

/** Words that only a long, hot reply gives: hardly ever an end, so that there is time to act. */
export const LONG_REPLY = { temperature: 2, maxTokens: 4000 };

export const composer = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });
export const stopButton = (page: Page) => page.getByRole('button', { name: 'Stop' });
export const replies = (page: Page) => page.locator('article[aria-busy]');

export async function ask(page: Page, question: string) {
  await composer(page).fill(question);
  await composer(page).press('Enter');
}

/** Asks and waits for the whole reply. */
export async function askAndWait(page: Page, question: string) {
  const before = await replies(page).count();
  await ask(page, question);
  await expect(replies(page)).toHaveCount(before + 1);
  await expect(replies(page).last()).toHaveAttribute('aria-busy', 'false');
}

/** No accessibility violation in light and dark, and a screenshot of each. */
export async function look(page: Page, name: string) {
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
