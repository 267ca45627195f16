import { expect, look, openAsAdmin, replies, test } from './fixtures';

const HOSTILE = [
  '<script>window.hit = 1</script>',
  '<img src="http://beacon.test/a.png" onerror="window.hit = 1">',
  '![beacon](http://beacon.test/b.png)',
  '[click](javascript:window.hit=1) [data](data:text/html,<script>window.hit=1</script>)',
  '<svg onload="window.hit = 1"><style>* { display: none }</style></svg>',
  '<a href="javascript:window.hit=1">raw</a>',
  '[ref]: javascript:window.hit=1\n[ref]',
  '<javascript:window.hit=1>',
  '```html" onmouseover="window.hit=1\n</code></pre><script>window.hit = 1</script>\n```',
  '| a |\n|---|\n| <img src=x onerror="window.hit=1"> |',
  '[fine](https://example.org/ "a \\" onmouseover=alert(1)")',
].join('\n\n');

// The guide cannot be made to say this word for word, so the conversation itself is put in its place.
test('a hostile reply runs nothing, fetches nothing and links nowhere', async ({ page }) => {
  const id = '11111111-1111-4111-8111-111111111111';
  const created_at = '2026-01-02T03:04:05Z';
  const message = {
    id: 'm',
    conversation_id: id,
    role: 'assistant',
    content: HOSTILE,
    reasoning: HOSTILE,
    tool_calls: [{ id: 'c', name: '<img src=x onerror="window.hit=1">', arguments: HOSTILE }],
    tool_call_id: null,
    status: 'complete',
    finish_reason: 'stop',
    error: null,
    usage: null,
    model: '<b>model</b>',
    created_at,
  };
  await page.route(`**/api/chat/conversations/${id}`, (route) =>
    route.fulfill({
      json: {
        id,
        title: '<b>t</b>',
        model: null,
        created_at,
        updated_at: created_at,
        messages: [message],
      },
    }),
  );
  await openAsAdmin(page, { path: `/chat/${id}` });
  await expect(replies(page)).toContainText('<script>window.hit = 1</script>');
  await page.getByRole('button', { name: 'Thought' }).click();
  for (const element of ['img', 'script', 'style', 'iframe', 'object']) {
    await expect(replies(page).locator(element)).toHaveCount(0);
  }
  const links = await replies(page)
    .locator('a')
    .evaluateAll((nodes) => nodes.map((node) => (node as HTMLAnchorElement).href));
  expect(links.filter((href) => !/^https?:/.test(href))).toEqual([]);
  expect(links).toContain('https://example.org/');
  expect(await page.evaluate(() => 'hit' in window)).toBe(false);
  await look(page, 'chat-hostile');
});
