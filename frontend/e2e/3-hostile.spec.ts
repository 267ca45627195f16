import type { Page } from '@playwright/test';
import { expect, look, openAsAdmin, replies, test } from './fixtures';
import { HOSTILE, HOSTILE_DIAGRAMS } from './hostile';

const CHAT = '11111111-1111-4111-8111-111111111111';
const created_at = '2026-01-02T03:04:05Z';
const ODD_NAME = '<img src=x onerror="window.hit=1">';

// The guide cannot be made to say this word for word, so the conversation itself is put in its place.
async function openReply(page: Page, first: string) {
  const reply = { content: first };
  await page.route(`**/api/chat/conversations/${CHAT}/messages**`, (route) =>
    route.fulfill({ json: { items: itemsOf(reply.content), next_cursor: null } }),
  );
  await openAsAdmin(page, { path: `/chat/${CHAT}` });
  return reply;
}

function itemsOf(content: string) {
  const message = {
    id: 'm',
    conversation_id: CHAT,
    parent_id: null,
    versions: ['m', ODD_NAME],
    role: 'assistant',
    content,
    reasoning: content,
    tool_calls: [{ id: 'c', name: ODD_NAME, arguments: content }],
    tool_call_id: null,
    attachments: [],
    status: 'complete',
    finish_reason: 'stop',
    error: null,
    usage: null,
    model: '<b>model</b>',
    json_schema: null,
    created_at,
  };
  const file = { id: 'f', name: ODD_NAME, media_type: 'text/html', size_bytes: 1 };
  const asked = { ...message, id: 'q', versions: ['q'], role: 'user', tool_calls: [] };
  return [message, { ...asked, reasoning: '', attachments: [file] }];
}

/** That nothing but text, code, formulas and links to the web came of it. */
async function expectHarmless(page: Page) {
  const main = page.getByRole('region', { name: 'Messages' });
  for (const element of ['img', 'script', 'style', 'iframe', 'object', 'form[action]', 'base']) {
    await expect(main.locator(element), element).toHaveCount(0);
  }
  const found = await main.evaluate((node) => {
    const all = [...node.querySelectorAll('*')];
    const attributes = all.flatMap((each) => [...each.attributes]);
    return {
      handlers: attributes.filter(({ name }) => name.startsWith('on')).map(({ name }) => name),
      links: [...node.querySelectorAll('[href]')].map((each) => each.getAttribute('href')),
      // Where a link leads is no call: it takes a person to follow it.
      fetched: attributes
        .filter(({ name, value }) => name !== 'href' && /url\(|beacon\.test/.test(value))
        .map(({ name, value }) => `${name}=${value}`),
      named: all.filter(({ id }) => id === 'content').length,
    };
  });
  expect(found.handlers).toEqual([]);
  expect(found.links.filter((href) => !/^https?:/.test(href ?? ''))).toEqual([]);
  expect(found.fetched).toEqual([]);
  expect(found.named).toBe(0);
  expect(await page.evaluate(() => 'hit' in window)).toBe(false);
}

test('a hostile reply runs nothing, fetches nothing and links nowhere', async ({ page }) => {
  await openReply(page, HOSTILE.join('\n\n'));
  await expect(replies(page)).toContainText('<script>window.hit = 1</script>');
  // Code is coloured and formulas are drawn by what is loaded for them: wait until both have come.
  await expect(replies(page).locator('code span').first()).toBeVisible();
  await expect(replies(page).locator('math').first()).toBeAttached();
  await page.getByRole('button', { name: 'Thought' }).click();
  await expectHarmless(page);
  await expect(replies(page).getByRole('link', { name: 'fine' })).toHaveAttribute(
    'href',
    'https://example.org/',
  );
  await look(page, 'chat-hostile');
});

test('each hostile reply is harmless by itself too', async ({ page }) => {
  test.slow();
  const reply = await openReply(page, 'Nothing yet.');
  for (const content of HOSTILE) {
    reply.content = content;
    await page.reload();
    await expect(replies(page), content).toBeVisible();
    await expectHarmless(page);
  }
});

/** Every diagram has become a picture, or says why not. */
async function expectDrawn(page: Page, count: number) {
  const blocks = replies(page).locator('figure');
  await expect(blocks).toHaveCount(count);
  const settled = blocks.filter({ has: page.locator('img, p') });
  await expect(settled).toHaveCount(count, { timeout: 60_000 });
}

test('hostile diagrams run nothing and fetch nothing, drawn or not', async ({ page }) => {
  test.slow();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.addInitScript(() => localStorage.setItem('mlx-manager.diagrams', 'shown'));
  await openReply(page, HOSTILE_DIAGRAMS.join('\n\n'));
  await expectDrawn(page, HOSTILE_DIAGRAMS.length);
  const pictures = replies(page).locator('figure img');
  // Most have something to show once what is hostile is left out: they were not all refused.
  expect(await pictures.count()).toBeGreaterThan(HOSTILE_DIAGRAMS.length / 2);
  const found = await pictures.evaluateAll((all) =>
    all.flatMap((each) => {
      const [head = '', ...text] = (each as HTMLImageElement).src.split(',');
      const svg = decodeURIComponent(text.join(','));
      const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
      const nodes = [...parsed.querySelectorAll('*')];
      const attributes = nodes.flatMap((node) => [...node.attributes]);
      return [
        ...(head === 'data:image/svg+xml;charset=utf-8' ? [] : [head]),
        ...nodes.filter((node) => /^(script|iframe|parsererror)$/i.test(node.localName)),
        ...attributes.filter((attribute) => /^on/i.test(attribute.name)),
        ...attributes.filter((attribute) => /^\s*javascript:/i.test(attribute.value)),
      ].map((each) => (typeof each === 'string' ? each : `${each.nodeName}=${each.nodeValue}`));
    }),
  );
  expect(found).toEqual([]);
  for (const frame of page.frames()) {
    expect(await frame.evaluate(() => 'hit' in window), frame.url()).toBe(false);
  }
  expect(asked.filter((url) => /beacon|steal/.test(url))).toEqual([]);
  await expect(
    page.getByRole('region', { name: 'Messages' }).locator('svg script, style'),
  ).toHaveCount(0);
  await look(page, 'chat-hostile-diagrams');
});
