import { beforeEach, describe, expect, it } from 'vitest';
import { Gate } from '$lib/testing/gate';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import * as auth from './auth';
import { access } from './client';
import type { ApiError } from './errors';
import { getHealth } from './health';
import { listModels } from './models';

const refused: string[] = [];

beforeEach(() => {
  refused.length = 0;
  access.token = null;
  access.onRefused = (error) => refused.push(error.code);
});

async function failure(work: Promise<unknown>): Promise<ApiError> {
  return work.then(
    () => Promise.reject(new Error('it should have failed')),
    (problem: ApiError) => problem,
  );
}

describe('the client', () => {
  it('carries the token once there is one', async () => {
    manager.on('GET /api/auth/setup', json(200, { needed: false }));
    await auth.setupNeeded();
    access.token = 'abc';
    await auth.setupNeeded();
    expect(manager.asked.map((asked) => asked.token)).toEqual([null, 'Bearer abc']);
  });

  it('tells the session when its token is refused', async () => {
    access.token = 'old';
    manager.on('GET /api/auth/me', json(401, { detail: 'Log in again.', code: 'token_invalid' }));
    expect((await failure(auth.me())).message).toBe('Log in again.');
    expect(refused).toEqual(['token_invalid']);
  });

  it('does not take a wrong password for the end of a session', async () => {
    access.token = 'good';
    const answer = json(401, { detail: 'Not right.', code: 'invalid_credentials' });
    manager.on('POST /api/auth/login', answer);
    expect((await failure(auth.login('a@b.c', 'x'))).code).toBe('invalid_credentials');
    expect(refused).toEqual([]);
  });

  it('does not end a session for a token of before', async () => {
    access.token = 'old';
    const gate = new Gate();
    manager.on('GET /api/auth/me', async (reply, asked) => {
      await gate.opened;
      json(401, { detail: 'Log in again.', code: 'token_invalid' })(reply, asked);
    });
    const late = failure(auth.me());
    access.token = 'fresh';
    gate.open();
    expect((await late).status).toBe(401);
    expect(refused).toEqual([]);
  });

  it('gives nobody what the person of an ended session had asked for', async () => {
    access.token = 'ada';
    manager.on('GET /api/auth/me', json(200, { email: 'ada@example.org' }));
    manager.on('GET /v1/models', json(200, { data: [{ id: 'ada/own' }] }));
    const late = [auth.me(), listModels()].map(failure);
    access.token = 'bob';
    access.era += 1;
    expect((await Promise.all(late)).map(({ code }) => code)).toEqual([
      'session_over',
      'session_over',
    ]);
  });

  it('says that the manager does not answer when the connection breaks', async () => {
    manager.on('GET /api/auth/me', (reply) => void reply.destroy());
    manager.on('GET /health', (reply) => void reply.destroy());
    expect((await failure(auth.me())).unreachable).toBe(true);
    expect((await failure(getHealth())).unreachable).toBe(true);
  });

  it('says so when a reply cannot be read', async () => {
    const page = (status: number) => (reply: import('node:http').ServerResponse) => {
      reply.writeHead(status, { 'content-type': 'text/html' });
      reply.end('<html>');
    };
    manager.on('GET /api/auth/me', page(200));
    manager.on('GET /health', page(502));
    expect((await failure(auth.me())).code).toBe('unreadable_reply');
    expect((await failure(getHealth())).code).toBe('http_502');
  });
});
