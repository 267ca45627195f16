/**
 * A conversation of thousands of messages, and a reply at a rate of its own: a server beside the
 * manager, which the page's requests about that conversation are led to.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';

export const LONG_CHAT = '22222222-2222-4222-8222-222222222222';
const REPLY = 'long-reply';
const created_at = '2026-01-02T03:04:05Z';

const SAMPLES = [
  'A short answer.',
  'A paragraph with *emphasis*, `code` and a [link](https://example.org/). '.repeat(5),
  '- one\n- two, with **weight**\n- three\n\n1. first\n2. second',
  '```python\ndef area(radius: float) -> float:\n    """Of a circle."""\n    return 3.14159 * radius**2\n```',
  '| model | tokens/s | memory |\n|---|---:|---:|\n| small | 212.5 | 1.2 GB |\n| large | 31.0 | 8.4 GB |',
  'The sum $\\sum_{i=1}^n i = \\frac{n(n+1)}{2}$ is known.\n\n> And a quotation,\n> on two lines.',
];

/** What the reply says: `tokens` words of Markdown, four letters or so each. */
export function replyWords(tokens: number): string[] {
  const text = Array.from(
    { length: 200 },
    (_, part) => `## Part ${part + 1}\n\n${SAMPLES[part % 6]}`,
  );
  return (
    text
      .join('\n\n')
      .match(/\s*\S{1,5}/g)
      ?.slice(0, tokens) ?? []
  );
}

function message(place: number) {
  const asked = place % 2 === 0;
  return {
    id: `m-${place}`,
    conversation_id: LONG_CHAT,
    parent_id: place === 0 ? null : `m-${place - 1}`,
    versions: [`m-${place}`],
    role: asked ? 'user' : 'assistant',
    content: asked ? `Question ${place}: what of it?` : `Reply ${place}. ${body(place)}`,
    reasoning: '',
    tool_calls: [],
    tool_call_id: null,
    attachments: [],
    status: 'complete',
    finish_reason: asked ? null : 'stop',
    error: null,
    usage: null,
    model: asked ? null : 'mlx-manager/guide',
    json_schema: null,
    created_at,
  };
}

function body(place: number): string {
  const sample = SAMPLES[(place >> 1) % SAMPLES.length] ?? '';
  return `${place % 3 === 0 ? `${sample}\n\n${sample}` : sample}`.replace(/^(?=[-|`>])/, '\n\n');
}

interface Rate {
  tokens: number;
  perSecond: number;
}

/** Serves `count` messages of one conversation, and a reply at `rate`; closed with the page. */
export async function longChat(page: Page, count: number, rate: Rate) {
  const server = createServer((request, reply) => {
    const url = new URL(request.url ?? '', 'http://long.chat');
    if (url.pathname.endsWith('/events')) return stream(reply, rate, count);
    reply.setHeader('content-type', 'application/json');
    if (request.method === 'POST') reply.statusCode = 202;
    reply.end(JSON.stringify(request.method === 'POST' ? turn(count) : pageOf(url, count)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ours = new RegExp(`/api/chat/(conversations/${LONG_CHAT}|messages/${REPLY})`);
  await page.route(ours, (route) => {
    const { pathname, search } = new URL(route.request().url());
    return route.continue({ url: origin + pathname + search });
  });
  page.once('close', () => {
    server.close();
    server.closeAllConnections();
  });
}

function pageOf(url: URL, count: number) {
  const end = Number(url.searchParams.get('cursor') ?? count);
  const start = Math.max(0, end - Number(url.searchParams.get('limit') ?? 50));
  const items = Array.from({ length: end - start }, (_, index) => message(end - 1 - index));
  return { items, next_cursor: start > 0 ? String(start) : null };
}

function turn(count: number) {
  const even = count + (count % 2);
  return { message: message(even), reply: { ...begun(even), id: REPLY } };
}

/** As replies are told of: without the versions in their place. */
function begun(place: number) {
  const left = { versions: undefined, content: '', status: 'streaming', finish_reason: null };
  return { ...message(place + 1), ...left };
}

function stream(reply: ServerResponse, { tokens, perSecond }: Rate, count: number) {
  reply.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (event: string, data: object) =>
    reply.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const words = replyWords(tokens);
  const row = { ...begun(count), id: REPLY };
  send('snapshot', { message: row });
  const started = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(words.length, ((performance.now() - started) / 1000) * perSecond);
    while (sent < due) send('text', { delta: words[sent++] });
    if (sent < words.length) return;
    clearInterval(timer);
    send('done', { message: { ...row, content: words.join(''), status: 'complete' } });
    reply.end();
  }, 5);
  reply.on('close', () => clearInterval(timer));
}
