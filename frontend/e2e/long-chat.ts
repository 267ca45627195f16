/** A conversation of thousands of messages, and what another server says at a rate of its own. */
import type { APIRequestContext } from '@playwright/test';
import { aChat, giveChats } from './chats';
import { ADMIN } from './fixtures';
import { ELSEWHERE } from './other-server';
import { asAdmin } from './places';

const SAMPLES = [
  'A short answer.',
  'A paragraph with *emphasis*, `code` and a [link](https://example.org/). '.repeat(5),
  '- one\n- two, with **weight**\n- three\n\n1. first\n2. second',
  '```python\ndef area(radius: float) -> float:\n    """Of a circle."""\n    return 3.14159 * radius**2\n```',
  '| model | tokens/s | memory |\n|---|---:|---:|\n| small | 212.5 | 1.2 GB |\n| large | 31.0 | 8.4 GB |',
  'The sum $\\sum_{i=1}^n i = \\frac{n(n+1)}{2}$ is known.\n\n> And a quotation,\n> on two lines.',
];

/** `tokens` pieces of Markdown, four letters or so each. */
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

function body(place: number): string {
  const sample = SAMPLES[(place >> 1) % SAMPLES.length] ?? '';
  return `${place % 3 === 0 ? `${sample}\n\n${sample}` : sample}`.replace(/^(?=[-|`>])/, '\n\n');
}

/** What the message in that place says, and no other does. */
export const saidAt = (place: number) =>
  place % 2 === 0 ? `Question ${place}: what of it?` : `Reply ${place}.`;

/** Gives the administrator a chat of `count` messages, to go on with at `ELSEWHERE`; its id. */
export async function longChat(request: APIRequestContext, count: number): Promise<string> {
  const said = Array.from({ length: count }, (_, place) =>
    place % 2 === 0
      ? { content: saidAt(place) }
      : { content: `${saidAt(place)} ${body(place)}`, more: { model: ELSEWHERE } },
  );
  const [id = ''] = await giveChats(request, ADMIN, aChat(`${count} messages`, said));
  return id;
}

/** The id of the message in a place, counted from the end. */
export async function idFromEnd(request: APIRequestContext, chat: string, back: number) {
  const headers = await asAdmin(request);
  let cursor = '';
  for (let left = back; ; left -= 200) {
    const path = `/api/chat/conversations/${chat}/messages?limit=200${cursor}`;
    const { items, next_cursor } = await (await request.get(path, { headers })).json();
    if (left < 200) return (items[left] as { id: string }).id;
    cursor = `&cursor=${encodeURIComponent(next_cursor)}`;
  }
}

export async function deleteChat(request: APIRequestContext, chat: string) {
  await request.delete(`/api/chat/conversations/${chat}`, { headers: await asAdmin(request) });
}
