import type { Page } from '@playwright/test';
import { aChat, giveChats } from './chats';
import { ask, expect, expectWords, look, openAsAdmin, replies, test } from './fixtures';
import { HOSTILE, HOSTILE_DIAGRAMS } from './hostile';
import { ELSEWHERE, OtherServer } from './other-server';
import { approvedPerson, openPlace } from './places';

const ODD_NAME = '<img src=x onerror="window.hit=1">';
/** What a model may call a tool: whatever it likes. */
const CALL = { name: ODD_NAME, arguments: HOSTILE.join('\n') };

/** A chat in which everything that a model or a person can choose is hostile. */
function hostileChat(content: string) {
  const file = { name: ODD_NAME, media_type: 'text/html', content: ODD_NAME };
  const calls = [{ id: 'c', name: ODD_NAME, arguments: content }];
  return aChat('Hostile', [
    { content, more: { files: [file] } },
    { content, more: { reasoning: content, tool_calls: calls, model: '<b>model</b>' } },
  ]);
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
  const person = await approvedPerson(page.request, 'hostile@example.org');
  const [chat] = await giveChats(page.request, person, hostileChat(HOSTILE.join('\n\n')));
  await openPlace(page, `/chat/${chat}`, 'Hostile', person);
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
  const person = await approvedPerson(page.request, 'each-hostile@example.org');
  const chats = await giveChats(page.request, person, ...HOSTILE.map(hostileChat));
  await openPlace(page, '/chat', 'New chat', person);
  for (const [place, chat] of chats.entries()) {
    await page.goto(`/chat/${chat}`);
    await expect(replies(page), HOSTILE[place]).toBeVisible();
    await expectHarmless(page);
  }
});

test('a hostile reply of another server is harmless while it comes, piece by piece', async ({
  page,
}) => {
  // Markup is cut in the middle of tags, attributes and addresses.
  const pieces = HOSTILE.join('\n\n').match(/.{1,7}/gs) ?? [];
  const speech = { pieces, reasoning: HOSTILE.join('\n\n'), call: CALL, perSecond: 150 };
  const other = await OtherServer.saying(page.request, speech);
  try {
    await openAsAdmin(page, { model: ELSEWHERE });
    await ask(page, 'Hello');
    await expectWords(replies(page));
    while ((await replies(page).getAttribute('aria-busy')) === 'true') await expectHarmless(page);
    await expect(page.getByRole('region', { name: `Tool call: ${ODD_NAME}` })).toBeVisible();
    await expect(replies(page)).toContainText('<script>window.hit = 1</script>');
    await expectHarmless(page);
  } finally {
    await other.close();
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
  const person = await approvedPerson(page.request, 'hostile-diagrams@example.org');
  const content = HOSTILE_DIAGRAMS.join('\n\n');
  const [chat] = await giveChats(
    page.request,
    person,
    aChat('Diagrams', [{ content: 'Draw.' }, { content }]),
  );
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.addInitScript(() => localStorage.setItem('mlx-manager.diagrams', 'shown'));
  await openPlace(page, `/chat/${chat}`, 'Diagrams', person);
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
