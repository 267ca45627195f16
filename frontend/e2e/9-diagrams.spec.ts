import { test as unwatched, type Page } from '@playwright/test';
import { expect, openAsAdmin, replies, test } from './fixtures';
import { lookEverywhere } from './places';

const CHAT = '22222222-2222-4222-8222-222222222222';
const FLOW = `flowchart TD
  Q[A question] --> R{Does it fit in memory?}
  R -->|yes| L[Load the model]
  R -->|no| S[Suggest a smaller one]
  L --> A[Answer]
  S --> A`;
const TALK = `---
title: How a reply comes
---
sequenceDiagram
  participant B as Browser
  participant M as Manager
  B->>M: A question
  M-->>B: The reply, word by word
  Note over B,M: It goes on when the page is closed`;
const OWN_COLOURS = `graph LR
  A[Prompt] --> B[Prefill]
  B --> C[Decode]
  style A fill:#fde68a,stroke:#b45309
  style C fill:#bbf7d0`;
const BROKEN = 'graph TD\n  A --> B\n  A --> [';

const fenced = (text: string) => '```mermaid\n' + text + '\n```';

/** A chat with one reply, put in place of what the manager would say. */
async function openReply(page: Page, content: string) {
  const reply = {
    ...{ id: 'm', conversation_id: CHAT, parent_id: null, versions: ['m'], role: 'assistant' },
    ...{ content, reasoning: '', tool_calls: [], tool_call_id: null, attachments: [] },
    ...{ status: 'complete', finish_reason: 'stop', error: null, usage: null, json_schema: null },
    ...{ model: 'mlx-manager/guide', created_at: '2026-01-02T03:04:05Z' },
  };
  await page.route(`**/api/chat/conversations/${CHAT}/messages**`, (route) =>
    route.fulfill({ json: { items: [reply], next_cursor: null } }),
  );
  await openAsAdmin(page, { path: `/chat/${CHAT}` });
}

const block = (page: Page, place: number) => replies(page).locator('figure').nth(place);

test('a diagram is code until somebody wants to see it, and is remembered', async ({ page }) => {
  const scripts: string[] = [];
  page.on('request', (request) => scripts.push(request.url()));
  await openReply(page, ['Here is how.', fenced(FLOW), 'And then:', fenced(TALK)].join('\n\n'));
  await expect(block(page, 0).locator('pre')).toContainText('flowchart TD');
  expect(scripts.filter((url) => url.includes('mermaid'))).toEqual([]);

  await block(page, 0).getByRole('button', { name: 'Diagram' }).click();
  const picture = block(page, 0).getByRole('img', { name: 'Flowchart' });
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((img) => (img as HTMLImageElement).naturalWidth)).toBeGreaterThan(
    50,
  );
  await expect(block(page, 0).locator('pre')).toHaveCount(0);
  // The other one stays as it is until it is asked for, or comes anew.
  await expect(block(page, 1).locator('pre')).toBeVisible();
  await page.reload();
  await expect(block(page, 0).getByRole('img', { name: 'Flowchart' })).toBeVisible();
  await expect(
    block(page, 1).getByRole('img', { name: 'Sequence diagram: How a reply comes' }),
  ).toBeVisible();
  await lookEverywhere(page, 'chat-diagrams');

  await block(page, 0).getByRole('button', { name: 'Code' }).click();
  await expect(block(page, 0).locator('pre')).toContainText('flowchart TD');
  await page.reload();
  await expect(block(page, 1).locator('pre')).toContainText('sequenceDiagram');
});

test('a diagram follows the theme, and keeps light paper under colours of its own', async ({
  page,
}) => {
  await page.addInitScript(() => localStorage.setItem('mlx-manager.diagrams', 'shown'));
  await openReply(page, [fenced(FLOW), fenced(OWN_COLOURS)].join('\n\n'));
  const flow = block(page, 0).locator('img');
  const own = block(page, 1).locator('img');
  await expect(own).toBeVisible();
  const inLight = await flow.getAttribute('src');
  const ownInLight = await own.getAttribute('src');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(flow).not.toHaveAttribute('src', inLight ?? '');
  await expect(own).toHaveAttribute('src', ownInLight ?? '');
  const paper = own.locator('xpath=..');
  expect(await paper.evaluate((node) => getComputedStyle(node).colorScheme)).toBe('light');
  await lookEverywhere(page, 'chat-diagram-colours');
});

test('a diagram that cannot be read is shown as code with what is wrong', async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem('mlx-manager.diagrams', 'shown'));
  await openReply(
    page,
    [fenced(BROKEN), fenced('nonsense\n  x'), '```mermaid\n' + FLOW].join('\n\n'),
  );
  await expect(block(page, 0)).toContainText('Line 3 of this diagram cannot be read.');
  await expect(block(page, 0).locator('pre')).toContainText('A --> [');
  await expect(block(page, 1)).toContainText('names no kind that is known');
  // It has no last fence, so more of it may come: nothing is drawn, and nothing is offered.
  await expect(block(page, 2).getByRole('button', { name: 'Diagram' })).toHaveCount(0);
  await expect(block(page, 2).locator('pre')).toBeVisible();
  await lookEverywhere(page, 'chat-diagram-broken');
});

// Not watched: what is tried here is told by the browser as a breach of the policy, and has to be.
unwatched(
  'the frame that draws can fetch nothing and run nothing but its two scripts',
  async ({ page }) => {
    const asked: string[] = [];
    // The browser names what it was asked for; what counts is whether anything was sent.
    page.on('response', (response) => asked.push(response.url()));
    page.on('requestfailed', (request) => {
      if (!/csp/i.test(request.failure()?.errorText ?? '')) asked.push(request.url());
    });
    await page.addInitScript(() => localStorage.setItem('mlx-manager.diagrams', 'shown'));
    await openReply(page, fenced(FLOW));
    await expect(block(page, 0).locator('img')).toBeVisible();
    const frame = page.frames().find((each) => each !== page.mainFrame());
    const got = await frame!.evaluate(async () => {
      const image = (src: string) =>
        new Promise((resolve) => {
          const made = new Image();
          made.onload = () => resolve('came');
          made.onerror = () => resolve('refused');
          made.src = src;
        });
      const fetched = (url: string) =>
        fetch(url).then(
          () => 'came',
          () => 'refused',
        );
      const holder = document.createElement('div');
      holder.innerHTML =
        '<img src="data:image/gif;base64,AA" onerror="parent.hit = 1"><a href="javascript:parent.hit=1">x</a>' +
        '<style>@import "http://beacon.test/i.css"; div { background: url(http://beacon.test/b.png) }</style>';
      document.body.append(holder);
      holder.querySelector('a')?.click();
      const script = document.createElement('script');
      script.textContent = 'parent.hit = 1';
      document.body.append(script);
      const led = (() => {
        try {
          window.top!.location.href = 'http://beacon.test/top';
          return 'led away';
        } catch {
          return 'refused';
        }
      })();
      return [
        await image('http://beacon.test/a.png'),
        await image('/favicon.svg'),
        await fetched('http://beacon.test/f'),
        await fetched('/api/health'),
        led,
        window.open('http://beacon.test/w'),
      ];
    });
    expect(got).toEqual(['refused', 'refused', 'refused', 'refused', 'refused', null]);
    expect(await page.evaluate(() => 'hit' in window)).toBe(false);
    expect(asked.filter((url) => /beacon|favicon\.svg\?|\/api\/health/.test(url))).toEqual([]);
  },
);
