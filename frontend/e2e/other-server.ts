/**
 * Another server that speaks OpenAI's dialect, to which the manager routes a model: what it says, word
 * for word, and how fast is the journey's to choose. What no model here can be made to say, it says.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIRequestContext } from '@playwright/test';
import { addProvider, nothingRouted, routing, rule } from './routing';

/** What the manager calls its model. */
export const ELSEWHERE = 'elsewhere/speaker';

interface Speech {
  /** The pieces of the reply, in their order. */
  pieces: string[];
  reasoning?: string;
  call?: { name: string; arguments: string };
  /** Pieces a second; all at once unless told otherwise. */
  perSecond?: number;
}

export class OtherServer {
  private constructor(
    private readonly server: Server,
    private readonly request: APIRequestContext,
  ) {}

  /** Listens, and has the manager lead everything for `ELSEWHERE` here. */
  static async saying(request: APIRequestContext, speech: Speech): Promise<OtherServer> {
    const server = createServer((asked, reply) => {
      asked.resume().on('end', () => speak(reply, speech));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await nothingRouted(request);
    const base_url = `http://127.0.0.1:${port}/v1`;
    await addProvider(request, { name: 'Elsewhere', base_url, models: [ELSEWHERE] });
    await rule(request, { name: 'Elsewhere', model: ELSEWHERE });
    await routing(request, true);
    return new OtherServer(server, request);
  }

  async close() {
    await nothingRouted(this.request);
    this.server.close();
    this.server.closeAllConnections();
  }
}

function speak(reply: ServerResponse, { pieces, reasoning, call, perSecond }: Speech) {
  reply.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (delta: object, finish_reason: string | null = null) =>
    reply.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
  if (reasoning) send({ reasoning_content: reasoning });
  const started = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = perSecond ? ((performance.now() - started) / 1000) * perSecond : pieces.length;
    while (sent < Math.min(due, pieces.length)) send({ content: pieces[sent++] });
    if (sent < pieces.length) return;
    clearInterval(timer);
    if (call) send({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: call }] });
    send({}, call ? 'tool_calls' : 'stop');
    reply.end('data: [DONE]\n\n');
  }, 5);
  reply.on('close', () => clearInterval(timer));
}
