/** The other server is this one, asked at its own /v1 with a key: real answers, and nothing leaves. */
import type { APIRequestContext, Page } from '@playwright/test';
import { askAndWait, expect, look, lookOnPhone, openAsAdmin, replies, test } from './fixtures';
import { approvedPerson, asAdmin, lookEverywhere, openPlace, row } from './places';
import { addProvider, freshKey, nothingRouted, routing, rule } from './routing';

const GUIDE = 'mlx-manager/guide';
const RULES = '/routing';
const PROVIDERS = '/routing/providers';

// Each page is looked at in four shapes on the way: that takes its time on a busy machine.
test.slow();

test.beforeEach(async ({ page }) => nothingRouted(page.request));
// Other journeys know nothing of models that are elsewhere.
test.afterAll(async ({ playwright, baseURL }) => {
  const request = await playwright.request.newContext({ baseURL });
  await nothingRouted(request);
  await request.dispose();
});

test('a provider is added, tested, mended, and offers what it lists', async ({ page, baseURL }) => {
  await openPlace(page, RULES, 'Routing');
  await expect(page.getByText('Nothing leaves this machine')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Every request is answered here' })).toBeVisible();
  await lookEverywhere(page, 'routing-empty');
  await page.getByRole('link', { name: 'Add a provider first' }).click();
  await expect(page).toHaveURL(PROVIDERS);
  await expect(page.getByRole('heading', { name: 'No other servers yet' })).toBeVisible();
  await look(page, 'providers-empty');

  await page.getByRole('button', { name: 'Add provider' }).click();
  const form = page.getByRole('complementary', { name: 'Add a provider' });
  await form.getByRole('button', { name: 'Add provider' }).click();
  await expect(form.getByText('Give it a name')).toBeVisible();
  await form.getByLabel('Name').fill('Loop');
  await form.getByLabel('Address').fill(`${baseURL}/nowhere`);
  await form.getByLabel('Key').fill('mlx-not-a-key');
  await look(page, 'provider-form');
  await form.getByRole('button', { name: 'Add provider' }).click();
  await expect(page.getByText('Loop is added.')).toBeVisible();

  const provider = page.getByRole('listitem').filter({ hasText: 'Loop' });
  await provider.getByRole('button', { name: 'Test Loop' }).click();
  await expect(provider).toContainText(/Loop (said|answers, but)/);
  await expect(page.getByText('mlx-not-a-key')).toHaveCount(0);

  await change(page, 'Loop', 'Change');
  const again = page.getByRole('complementary', { name: 'Change Loop' });
  await expect(again.getByLabel('Key', { exact: true })).toHaveValue('');
  await again.getByLabel('Address').fill(`${baseURL}/v1`);
  await expect(again.getByText('A new address forgets the key')).toBeVisible();
  await again.getByLabel('Key', { exact: true }).fill(await freshKey(page.request, 'loop'));
  await again.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Loop is changed.')).toBeVisible();
  await provider.getByRole('button', { name: 'Test Loop' }).click();
  await expect(provider).toContainText(/Loop answers and lists \d+ models\..*after/s);
  await provider.getByRole('button', { name: /^Offer these \d+ models$/ }).click();
  await expect(provider).toContainText(GUIDE);
  await expect(provider).toContainText('Key kept');
  await lookEverywhere(page, 'providers');

  await provider.getByRole('switch', { name: 'Let Loop be asked' }).click();
  await expect(provider).toContainText('Switched off');
  await page.reload();
  await expect(provider).toContainText('Switched off');
  await change(page, 'Loop', 'Delete');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete provider' }).click();
  await expect(page.getByRole('heading', { name: 'No other servers yet' })).toBeVisible();
});

test('rules are made, put in order by keyboard and by pointer, and deleted', async ({ page }) => {
  await loop(page.request);
  await openPlace(page, RULES, 'Routing');
  await page.getByRole('button', { name: 'Add rule' }).click();
  const form = page.getByRole('complementary', { name: 'Add a rule' });
  await form.getByRole('button', { name: 'Add rule' }).click();
  await expect(form.getByText('Give the rule a name.')).toBeVisible();
  await form.getByLabel('Name', { exact: true }).fill('Far away');
  await form.getByLabel('Model', { exact: true }).fill('far/*');
  await form.getByLabel('Name of the model at provider 1').fill('mlx-*');
  await form.getByLabel('Prompt tokens from').fill('20');
  await form.getByLabel('and below').fill('10');
  await form.getByRole('button', { name: 'Add rule' }).click();
  await expect(form.getByText('This fits no prompt')).toBeVisible();
  await form.getByLabel('Prompt tokens from').fill('');
  await form.getByLabel('and below').fill('9000');
  const says =
    'Requests for far/* with prompts of less than 9\u202f000 tokens are answered here, and where the model is not on this machine, by Loop as mlx-*.';
  await expect(form).toContainText(says);
  await look(page, 'rule-form');
  await form.getByRole('button', { name: 'Add rule' }).click();
  await expect(page.getByRole('region', { name: 'Rules' })).toContainText(says);
  await expect(page.getByRole('heading', { name: 'Where would this go?' })).toBeVisible();

  await rule(page.request, { name: 'By night', when: 'always', then_here: true });
  await rule(page.request, { name: 'Crowded', when: 'busy', waiting_from: 3 });
  await page.reload();
  await expect.poll(() => order(page)).toEqual(['Far away', 'By night', 'Crowded']);
  await lookEverywhere(page, 'routing');

  await handle(page, 'Crowded').focus();
  await saved(page, () => page.keyboard.press('ArrowUp'));
  await expect(handle(page, 'Crowded')).toBeFocused();
  await saved(page, () => page.keyboard.press('Home'));
  await expect(page.getByText('Crowded is now rule 1 of 3')).toBeAttached();
  await page.reload();
  await expect.poll(() => order(page)).toEqual(['Crowded', 'Far away', 'By night']);
  await saved(page, () => drag(page, 'Crowded', 'By night'));
  await expect.poll(() => order(page)).toEqual(['Far away', 'By night', 'Crowded']);

  await page.getByRole('switch', { name: 'Follow By night' }).click();
  await expect(page.getByText('Not followed', { exact: true })).toBeVisible();
  await page.goto(PROVIDERS);
  await expect(page.getByText('Named by Far away, By night, Crowded')).toBeVisible();
  await change(page, 'Loop', 'Delete');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete provider' }).click();
  await expect(page.getByText(/is a target of the routing rules/)).toBeVisible();
  await page.goto(RULES);
  await change(page, 'By night', 'Delete');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete rule' }).click();
  await expect.poll(() => order(page)).toEqual(['Far away', 'Crowded']);
});

test('the tester says where a request would go, and why', async ({ page }) => {
  await loop(page.request);
  await rule(page.request, { name: 'Far away', model: 'far/*', target: 'mlx-*' });
  const stayer = await approvedPerson(page.request, 'stays@example.org');
  await openPlace(page, RULES, 'Routing');
  const tester = page.getByRole('region', { name: 'Where would this go?' });
  const ask = tester.getByRole('button', { name: 'Ask', exact: true });
  const steps = tester.getByRole('list', { name: 'It would be answered by' });
  await ask.click();
  await expect(tester.getByText('Name a model.')).toBeVisible();
  await tester.getByLabel('Model').fill('far/manager/guide');
  await ask.click();
  await expect(tester).toContainText('Routing is switched off');

  await page.getByRole('switch', { name: 'Let requests go to other servers' }).click();
  await expect(page.getByRole('alertdialog')).toContainText('is sent to Loop');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Nothing leaves this machine')).toBeVisible();
  await switchOn(page);
  await ask.click();
  await expect(tester).toContainText('Decided by Far away');
  await expect(steps.getByRole('listitem')).toHaveText([
    /This machine.*Asked first/s,
    /Loop\s+as mlx-manager\/guide.*If this machine does not have the model/s,
  ]);
  await lookEverywhere(page, 'routing-tester');

  await page.getByRole('combobox', { name: 'Keep a person here' }).selectOption(stayer.email);
  const stays = page.getByRole('group', { name: 'People' });
  await expect(stays).toContainText(stayer.email);
  await page.goto('/people');
  await expect(row(page, stayer.email)).toContainText('Stays here');
  await page.goto(RULES);
  await tester.getByLabel('Model').fill('far/manager/guide');
  await tester.getByLabel('Asked by').selectOption(stayer.email);
  await tester.getByLabel('Prompt tokens').fill('4000');
  await ask.click();
  await expect(tester).toContainText('stays on this machine');
  await expect(steps.getByRole('listitem')).toHaveCount(1);
  await stays.getByRole('button', { name: `Let ${stayer.email} be routed` }).click();
  await expect(stays).toContainText('Nobody');

  await page.getByRole('link', { name: 'Providers' }).click();
  await page.getByRole('switch', { name: 'Let Loop be asked' }).click();
  await expect(page.getByText('Switched off')).toBeVisible();
  await page.getByRole('link', { name: 'Rules' }).click();
  await ask.click();
  await expect(steps).toContainText('Passed over: Loop is switched off');
});

test('a chat with a model that is elsewhere says where it was answered', async ({ page }) => {
  await loop(page.request);
  await rule(page.request, { name: 'Far away', model: 'far/guide', target: GUIDE });
  await routing(page.request, true);
  await openAsAdmin(page, { model: 'far/guide' });
  await expect(page.getByText('guide will answer at Loop')).toBeVisible();
  await askAndWait(page, 'What is MLX Manager?');
  await expect(replies(page)).toContainText('large language models');
  await expect(replies(page)).toContainText('answered by Loop');
  await look(page, 'chat-elsewhere');
  await lookOnPhone(page, 'chat-elsewhere');

  const direct = await page.request.post('/v1/chat/completions', {
    headers: await asAdmin(page.request),
    data: { model: 'far/guide', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 5 },
  });
  expect(direct.headers()['x-served-by']).toBe('Loop');
  await page.goto('/audit?model=far/guide&area=v1');
  await row(page, 'at Loop').first().getByRole('button').click();
  const detail = page.getByRole('complementary', { name: 'Request' });
  await expect(detail).toContainText(/Answered by\s*Loop/);
  await look(page, 'audit-elsewhere');
});

test('a member is told that routing is for administrators', async ({ page }) => {
  const member = await approvedPerson(page.request, 'unrouted@example.org');
  await openPlace(page, RULES, 'Routing', member);
  await expect(page.getByRole('alert')).toContainText('administrators');
  await expect(page.getByRole('link', { name: 'Routing' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Add rule' })).toHaveCount(0);
});

/** This server as its own provider, through the API. */
async function loop(request: APIRequestContext): Promise<void> {
  const { origin } = new URL((await request.get('/health')).url());
  const key = await freshKey(request, 'loop');
  await addProvider(request, { name: 'Loop', base_url: `${origin}/v1`, key, models: [GUIDE] });
}

/** Chooses an action of a provider's or a rule's menu. */
async function change(page: Page, name: string, action: string) {
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

async function switchOn(page: Page) {
  await page.getByRole('switch', { name: 'Let requests go to other servers' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Switch routing on' }).click();
  await expect(page.getByText('Requests may leave this machine')).toBeVisible();
}

const handle = (page: Page, name: string) => page.getByRole('button', { name: `Move ${name},` });

async function order(page: Page): Promise<string[]> {
  const labels = await page
    .getByRole('button', { name: /^Move .*, Rule \d+ of \d+$/ })
    .evaluateAll((nodes) => nodes.map((node) => node.getAttribute('aria-label') ?? ''));
  return labels.map((label) => label.replace(/^Move (.*), Rule .*$/, '$1'));
}

async function saved(page: Page, act: () => Promise<void>) {
  const reply = page.waitForResponse('**/api/routing/order');
  await act();
  expect((await reply).status()).toBe(204);
}

/** Drags a rule below another. */
async function drag(page: Page, name: string, below: string) {
  await handle(page, below).scrollIntoViewIfNeeded();
  await handle(page, name).hover();
  await page.mouse.down();
  const box = await page
    .getByRole('listitem')
    .filter({ has: handle(page, below) })
    .boundingBox();
  await page.mouse.move(box!.x + 20, box!.y + box!.height - 4, { steps: 4 });
  await page.mouse.up();
}
