/**
 * A manager that answers as a test tells it to, over a real socket: the client, the event stream and
 * dropped connections are the real thing. Made by `setup.ts` for every test file.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  token: string | null;
  body: unknown;
}

export type Answer = (reply: ServerResponse, asked: Asked) => void | Promise<void>;

export class ScriptedManager {
  readonly asked: Asked[] = [];
  #answers = new Map<string, Answer>();
  #server = createServer((request, reply) => void this.#handle(request, reply));

  /** Listens on a free port of this machine; the origin to call. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** `route` is "GET /api/chat/conversations", without the query. */
  on(route: string, answer: Answer): void {
    this.#answers.set(route, answer);
  }

  reset(): void {
    this.#answers.clear();
    this.asked.length = 0;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #handle(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    // A kept connection could be cut by one test and picked up by the next.
    reply.shouldKeepAlive = false;
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const [path = '', query] = (request.url ?? '').split('?', 2);
    const asked: Asked = {
      method: request.method ?? '',
      path,
      query: new URLSearchParams(query),
      token: request.headers.authorization ?? null,
      body: text ? JSON.parse(text) : null,
    };
    this.asked.push(asked);
    const answer = this.#answers.get(`${asked.method} ${path}`);
    if (answer) await answer(reply, asked);
    else json(404, { detail: `No answer scripted for ${path}.`, code: 'not_found' })(reply, asked);
  }
}

export function json(status: number, body: unknown): Answer {
  return (reply) => {
    reply.writeHead(status, { 'content-type': 'application/json' });
    reply.end(body === undefined ? undefined : JSON.stringify(body));
  };
}

/** Sends events; `dropped` cuts the connection instead of ending it. */
export function events(list: [event: string, data: unknown][], end: 'ended' | 'dropped'): Answer {
  return (reply) => {
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    const frames = list.map(
      ([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
    );
    reply.write(`: hello\n\n${frames.join('')}`, () => {
      if (end === 'ended') reply.end();
      else setImmediate(() => reply.destroy());
    });
  };
}
