/**
 * Server-sent events over fetch, because EventSource cannot send an Authorization header.
 * Source: WHATWG HTML, section 9.2.6 "Interpreting an event stream".
 */
export interface ServerSentEvent {
  /** The `event:` field, `message` when there is none. */
  event: string;
  data: string;
}

/** Text in, whole events out; holds what is unfinished between two chunks. */
export class EventStreamParser {
  #rest = '';
  #event = '';
  #data: string[] = [];
  #started = false;

  feed(chunk: string): ServerSentEvent[] {
    let text = this.#rest + chunk;
    if (!this.#started && text.length > 0) {
      this.#started = true;
      if (text.startsWith('\uFEFF')) text = text.slice(1);
    }
    const events: ServerSentEvent[] = [];
    let start = 0;
    for (;;) {
      const end = lineEnd(text, start);
      if (end === null) break;
      const event = this.#line(text.slice(start, end.index));
      if (event) events.push(event);
      start = end.next;
    }
    this.#rest = text.slice(start);
    return events;
  }

  #line(line: string): ServerSentEvent | null {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#event = value;
    if (field === 'data') this.#data.push(value);
    return null;
  }

  #dispatch(): ServerSentEvent | null {
    const event = this.#event || 'message';
    const data = this.#data;
    this.#event = '';
    this.#data = [];
    return data.length > 0 ? { event, data: data.join('\n') } : null;
  }
}

/** Half-open [start, index) of the next line; null while its end has not arrived. */
function lineEnd(text: string, start: number): { index: number; next: number } | null {
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (character === '\n') return { index, next: index + 1 };
    if (character !== '\r') continue;
    // A carriage return at the very end may be the first half of CRLF: wait for what follows.
    if (index + 1 === text.length) return null;
    return { index, next: text[index + 1] === '\n' ? index + 2 : index + 1 };
  }
  return null;
}

/** Null where a reply has none. */
export type EventBody = ReadableStream<Uint8Array> | null;

/** The manager says something every 15 seconds. One that is silent for longer than this is gone
 * without a word: a machine that slept, or changed its network, is told of no end. */
const SILENT_MS = 60_000;

/** The events of a body as they arrive; leaving the loop closes the connection. Ends when the body
 * does, or has been silent for too long. */
export async function* readEvents(
  body: EventBody,
  silentMs = SILENT_MS,
): AsyncGenerator<ServerSentEvent, void, void> {
  if (body === null) return;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventStreamParser();
  let silence: ReturnType<typeof setTimeout> | undefined;
  const close = () => void reader.cancel().catch(() => undefined);
  try {
    for (;;) {
      silence = setTimeout(close, silentMs);
      const { done, value } = await reader.read();
      clearTimeout(silence);
      if (done) return;
      yield* parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    clearTimeout(silence);
    close();
  }
}
