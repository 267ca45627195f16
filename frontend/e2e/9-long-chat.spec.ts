import type { CDPSession, Page } from '@playwright/test';
import { ask, expect, openAsAdmin, replies, test } from './fixtures';
import { deleteChat, idFromEnd, longChat, replyWords, saidAt } from './long-chat';
import { ELSEWHERE, OtherServer } from './other-server';

const MESSAGES = 2000;

test.slow();

let chat = '';
let other: OtherServer | null = null;

/** Opens a chat of so many messages at its end, or at a message so far before it. */
async function open(page: Page, count: number, back?: number) {
  chat = await longChat(page.request, count);
  const place = back === undefined ? '' : `#${await idFromEnd(page.request, chat, back)}`;
  await openAsAdmin(page, { path: `/chat/${chat}${place}`, model: ELSEWHERE });
  await expect(message(page, count - 1 - (back ?? 0))).toBeInViewport();
}

/** The next reply has so many tokens, 300 of them a second. */
async function willSay(page: Page, tokens: number) {
  other = await OtherServer.saying(page.request, { pieces: replyWords(tokens), perSecond: 300 });
}

test.afterEach(async ({ page }) => {
  await other?.close();
  other = null;
  await deleteChat(page.request, chat);
});

/** The row of the message that stood in that place when the chat was made. */
const message = (page: Page, place: number) =>
  box(page)
    .locator('[data-row]')
    .filter({ hasText: saidAt(place) });

const box = (page: Page) => page.getByRole('region', { name: 'Messages' });
const top = (page: Page, id: string) =>
  page.locator(`[id="${id}"]`).evaluate((node) => node.getBoundingClientRect().top);

interface Frames {
  count: number;
  median: number;
  p95: number;
  /** Frames of 50 ms and more, as the browser itself tells them. */
  long: number;
  /** Frames in which the middle of the view showed no message. */
  blank: number;
}

/** Times every frame until `done` is true or the time is over, and takes `step` in each. */
function frames(page: Page, stepPx: number, milliseconds: number): Promise<Frames> {
  return page.evaluate(
    async ([step, time]) => {
      const view = document.querySelector('[role=region][aria-label=Messages]')!;
      const { left, top, width, height } = view.getBoundingClientRect();
      const deltas: number[] = [];
      let blank = 0;
      let long = 0;
      const observer = new PerformanceObserver((list) => (long += list.getEntries().length));
      observer.observe({ type: 'long-animation-frame' });
      const begun = performance.now();
      let before = begun;
      while (before - begun < time) {
        if (step) view.scrollTop += step;
        const now = await new Promise(requestAnimationFrame);
        deltas.push(now - before);
        before = now;
        if (!step) continue;
        const middle = document.elementsFromPoint(left + width / 2, top + height / 2);
        if (!middle.some((node) => node.closest('[data-row]'))) blank += 1;
      }
      observer.disconnect();
      deltas.sort((a, b) => a - b);
      const at = (share: number) => deltas[Math.floor(deltas.length * share)] ?? 0;
      return { count: deltas.length, median: at(0.5), p95: at(0.95), long, blank };
    },
    [stepPx, milliseconds] as const,
  );
}

/** Seconds of processor time the page's main thread has taken, as the browser counts them: how long
 * its tasks took by the clock says as much about who else uses the machine. */
async function worked(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN;
}

interface Measured {
  found: Frames;
  /** Share of the time in which the main thread worked. */
  busy: number;
  /** What a frame took of it. */
  frameMs: number;
}

function tell(what: string, { found, busy, frameMs }: Measured) {
  const { count, median, p95, long, blank } = found;
  console.log(
    `${what}: ${count} frames, median ${median.toFixed(1)} ms, 95 % within ${p95.toFixed(1)} ms, ` +
      `${long} long, ${blank} blank; main thread ${(busy * 100).toFixed(0)} % busy, ` +
      `${frameMs.toFixed(1)} ms of work a frame`,
  );
}

async function measured(page: Page, work: () => Promise<Frames>): Promise<Measured> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const [before, begun] = [await worked(session), performance.now()];
  const found = await work();
  const seconds = (await worked(session)) - before;
  const busy = (seconds * 1000) / (performance.now() - begun);
  return { found, busy, frameMs: (seconds * 1000) / found.count };
}

/** At 60 frames a second. */
const FRAME_MS = 1000 / 60;

test('two thousand messages scroll without a blank, and only a few are drawn', async ({ page }) => {
  await open(page, MESSAGES);
  const measure = await measured(page, () => frames(page, -60, 8000));
  tell('scrolling up', measure);
  expect(await box(page).locator('[data-row]').count()).toBeLessThan(60);
  expect(measure.frameMs).toBeLessThan(FRAME_MS);
  expect(measure.found.blank).toBe(0);
});

test('a reply at 300 tokens a second leaves the main thread half its time', async ({ page }) => {
  await willSay(page, 3000);
  await open(page, MESSAGES);
  await ask(page, 'Say much.');
  await expect(replies(page).last()).toHaveAttribute('aria-busy', 'true');
  const measure = await measured(page, () => frames(page, 0, 8000));
  tell('streaming', measure);
  expect(measure.busy).toBeLessThan(0.5);
  expect(measure.frameMs).toBeLessThan(FRAME_MS);
  await expect(replies(page).last()).toHaveAttribute('aria-busy', 'false');
  const left = () =>
    box(page).evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight);
  await expect.poll(left).toBeLessThan(2);
});

test('neither a growing reply nor an older page moves what is read', async ({ page }) => {
  await willSay(page, 900);
  await open(page, 300);
  await ask(page, 'Say something.');
  await expect(replies(page).last()).toHaveAttribute('aria-busy', 'true');
  await box(page).hover();
  await page.mouse.wheel(0, -3000);
  await expect(page.getByRole('button', { name: 'Jump to latest' })).toBeVisible();
  const read = await rowInView(page);
  // Rows are measured as they come near: from here on nothing may move.
  const before = await settledTop(page, read);
  await expect(page.getByRole('status').filter({ hasText: 'complete' })).toBeAttached();
  expect(Math.abs((await top(page, read)) - before)).toBeLessThan(2);

  const older = page.waitForResponse(/cursor=/);
  await box(page).evaluate((node) => (node.scrollTop = 900));
  const anchor = await rowInView(page);
  const stood = await settledTop(page, anchor);
  await (await older).finished();
  await expect(page.getByText('Fetching earlier messages')).toBeHidden();
  await expect.poll(async () => Math.abs((await top(page, anchor)) - stood)).toBeLessThan(3);
});

/** The id of the first row that stands well within the view. */
async function rowInView(page: Page): Promise<string> {
  let id = '';
  await expect
    .poll(async () => {
      id = await box(page)
        .locator('[data-row]')
        .evaluateAll(
          (rows) =>
            rows.find((row) => {
              const { top, bottom } = row.getBoundingClientRect();
              return bottom > 200 && top < 500;
            })?.id ?? '',
        );
      return id;
    })
    .not.toBe('');
  return id;
}

/** Where a row stands once two frames in a row agree. */
async function settledTop(page: Page, id: string): Promise<number> {
  let before = Number.NaN;
  await expect
    .poll(async () => {
      const last = before;
      before = await top(page, id);
      return Math.abs(before - last);
    })
    .toBeLessThan(0.5);
  return before;
}

test('an address leads to a message far above', async ({ page }) => {
  await open(page, MESSAGES, 1958);
  await expect(page.getByText('Reply 41.')).toBeVisible();
  await page.getByRole('button', { name: 'Jump to latest' }).click();
  await expect(message(page, 1999)).toBeInViewport();
});
