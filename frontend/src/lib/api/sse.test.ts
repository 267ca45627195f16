import { describe, expect, it } from 'vitest';
import { EventStreamParser, readEvents, type ServerSentEvent } from './sse';

const STREAM = [
  ': keep-alive\n\n',
  'event: snapshot\ndata: {"message":{}}\n\n',
  'event: text\r\ndata: {"delta":"größer ☂ 🌍"}\r\n\r\n',
  'data: first\rdata:second\r\r',
  'event: done\ndata: {}\nid: 7\nretry: 10\n\n',
].join('');

const EXPECTED: ServerSentEvent[] = [
  { event: 'snapshot', data: '{"message":{}}' },
  { event: 'text', data: '{"delta":"größer ☂ 🌍"}' },
  { event: 'message', data: 'first\nsecond' },
  { event: 'done', data: '{}' },
];

function parse(...chunks: string[]): ServerSentEvent[] {
  const parser = new EventStreamParser();
  return chunks.flatMap((chunk) => parser.feed(chunk));
}

function streamOf(chunks: Uint8Array[], onCancel?: () => void): ReadableStream<Uint8Array> {
  const rest = [...chunks];
  return new ReadableStream({
    pull(controller) {
      const next = rest.shift();
      if (next) controller.enqueue(next);
      else controller.close();
    },
    cancel: onCancel,
  });
}

describe('the event stream parser', () => {
  it('gives the same events at every cut of the text', () => {
    for (let cut = 0; cut <= STREAM.length; cut++) {
      expect(parse(STREAM.slice(0, cut), STREAM.slice(cut)), `cut at ${cut}`).toEqual(EXPECTED);
    }
  });

  it('gives the same events a character at a time', () => {
    expect(parse(...STREAM)).toEqual(EXPECTED);
  });

  it('gives the same events at every cut of the bytes, in the middle of a character too', async () => {
    const bytes = new TextEncoder().encode(STREAM);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const got: ServerSentEvent[] = [];
      const body = streamOf([bytes.slice(0, cut), bytes.slice(cut)]);
      for await (const event of readEvents(body)) got.push(event);
      expect(got, `cut at byte ${cut}`).toEqual(EXPECTED);
    }
  });

  it('leaves out a byte order mark, and an event that was not finished', () => {
    expect(parse('\uFEFFdata: a\n\ndata: never finished\n')).toEqual([
      { event: 'message', data: 'a' },
    ]);
  });

  it('makes no event of a name without data, and forgets that name', () => {
    expect(parse('event: text\n\ndata: a\n\n')).toEqual([{ event: 'message', data: 'a' }]);
  });

  it('takes one space after the colon away, and a field without a colon as empty', () => {
    expect(parse('data:  two\n\ndata\n\n')).toEqual([
      { event: 'message', data: ' two' },
      { event: 'message', data: '' },
    ]);
  });

  it('closes the connection when its reader leaves', async () => {
    let closed = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('data: a\n\n')),
      cancel: () => void (closed = true),
    });
    for await (const event of readEvents(endless)) {
      expect(event.data).toBe('a');
      break;
    }
    expect(closed).toBe(true);
  });

  it('ends with a connection that has fallen silent, and closes it', async () => {
    let closed = false;
    const silent = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('data: a\n\n')),
      cancel: () => void (closed = true),
    });
    const got: string[] = [];
    for await (const { data } of readEvents(silent, 5)) got.push(data);
    expect([got, closed]).toEqual([['a'], true]);
  });
});
