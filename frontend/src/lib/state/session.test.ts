import { beforeEach, describe, expect, it } from 'vitest';
import * as auth from '$lib/api/auth';
import { access } from '$lib/api/client';
import { ApiError } from '$lib/api/errors';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { Session } from './session.svelte';
import { recall, remember } from './storage';

const USER = { id: '1', email: 'a@b.c', status: 'approved', is_admin: true, created_at: 'x' };
const TOKEN = { access_token: 'fresh', token_type: 'bearer', expires_in: 100 };
const REFUSED = json(401, { detail: 'Expired.', code: 'token_expired' });

let session: Session;

beforeEach(() => {
  access.token = null;
  session = new Session();
  manager.on('GET /api/auth/setup', json(200, { needed: false }));
  manager.on('POST /api/auth/login', json(200, TOKEN));
  manager.on('GET /api/auth/me', json(200, USER));
});

describe('the session', () => {
  it('asks for set-up while there is no user', async () => {
    manager.on('GET /api/auth/setup', json(200, { needed: true }));
    await session.restore();
    expect(session.phase).toBe('setup');
  });

  it('keeps its token over a reload', async () => {
    expect(await session.login('a@b.c', 'correct')).toBeNull();
    expect(session.phase).toBe('signed-in');
    const reloaded = new Session();
    await reloaded.restore();
    expect(reloaded.user?.email).toBe('a@b.c');
    expect(manager.asked.at(-1)?.token).toBe('Bearer fresh');
  });

  it('says why a login failed and stays out', async () => {
    manager.on('POST /api/auth/login', json(403, { detail: 'Wait.', code: 'account_pending' }));
    const failure = await session.login('a@b.c', 'correct');
    expect(failure?.code).toBe('account_pending');
    expect(session.phase).toBe('unknown');
    expect(recall('token')).toBeNull();
  });

  it('ends when the manager refuses a token that had worked, and says so', async () => {
    await session.login('a@b.c', 'correct');
    access.onRefused(new ApiError('Expired.', 401, 'token_expired'));
    expect(session.phase).toBe('signed-out');
    expect(session.ended).toBe(true);
    expect(recall('token')).toBeNull();
  });

  it('starts signed out when the kept token is no longer good', async () => {
    remember('token', 'old');
    manager.on('GET /api/auth/me', REFUSED);
    await session.restore();
    expect(session.phase).toBe('signed-out');
    expect(session.ended).toBe(true);
  });

  it('keeps the token when the manager is only away, and can ask again', async () => {
    remember('token', 'good');
    manager.on('GET /api/auth/me', (reply) => void reply.destroy());
    await expect(session.restore()).rejects.toMatchObject({ code: 'unreachable' });
    expect(recall('token')).toBe('good');
    manager.on('GET /api/auth/me', json(200, USER));
    await session.restore();
    expect(session.phase).toBe('signed-in');
  });

  it('leaves a token of another tab alone, and goes on with it', async () => {
    await session.login('a@b.c', 'correct');
    remember('token', 'newer');
    manager.on('GET /api/auth/me', REFUSED);
    await expect(auth.me()).rejects.toMatchObject({ status: 401 });
    expect([session.phase, recall('token')]).toEqual(['signed-out', 'newer']);
    manager.on('GET /api/auth/me', json(200, USER));
    await session.restore();
    expect([session.phase, access.token]).toEqual(['signed-in', 'newer']);
  });

  it('throws that one away too when its person logs out', async () => {
    await session.login('a@b.c', 'correct');
    remember('token', 'newer');
    manager.on('POST /api/auth/logout', REFUSED);
    await session.logout();
    await session.restore();
    expect([session.phase, recall('token')]).toEqual(['signed-out', null]);
  });

  it('logs out here even when the manager is away', async () => {
    await session.login('a@b.c', 'correct');
    manager.on('POST /api/auth/logout', (reply) => void reply.destroy());
    expect((await session.logout())?.unreachable).toBe(true);
    expect(session.phase).toBe('signed-out');
    expect(session.ended).toBe(false);
    expect(recall('token')).toBeNull();
  });
});
