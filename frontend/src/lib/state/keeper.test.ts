import { beforeEach, describe, expect, it } from 'vitest';
import { access } from '$lib/api/client';
import { ApiError } from '$lib/api/errors';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { forgetBelongings } from './belongings';
import { Drafts, drafts } from './drafts.svelte';
import { folders } from './folders.svelte';
import { models } from './models.svelte';
import { Parameters, parameters } from './parameters.svelte';
import { PendingFiles, pendingFiles } from './pending-files.svelte';
import { session } from './session.svelte';

const ref = { id: 'f-1', name: 'notes.txt', media_type: 'text/plain', size_bytes: 6 };
const user = (id: string) => ({ id, email: `${id}@b.c`, status: 'approved', created_at: 'x' });

async function login(id: string) {
  manager.on('GET /api/auth/me', json(200, user(id)));
  expect(await session.login(`${id}@b.c`, 'correct')).toBeNull();
}

/** Writes half a message with a file, asks for JSON by a schema, and unfolds a folder. */
async function work() {
  drafts.set('c', 'half a thought');
  await pendingFiles.add('c', [new File(['"text"'], 'notes.txt', { type: 'text/plain' })]);
  parameters.schemaText = '{"title": "secret"}';
  models.select('a/one');
  folders.fold('folder', true);
}

beforeEach(async () => {
  forgetBelongings();
  access.token = null;
  session.phase = 'unknown';
  manager.on('POST /api/auth/login', json(200, { access_token: 't', token_type: 'bearer' }));
  manager.on('POST /api/auth/logout', json(204, undefined));
  manager.on('POST /api/chat/attachments', json(201, ref));
  await login('ada');
  await work();
});

/** What the page does when somebody is logged out (see the layout of the app). */
function leave() {
  expect(session.phase).toBe('signed-out');
  forgetBelongings();
}

describe('what the tab keeps', () => {
  it('goes when somebody logs out, out of the page and out of the tab', async () => {
    await session.logout();
    leave();
    expect(
      Array.from({ length: sessionStorage.length }, (_, at) => sessionStorage.key(at)),
    ).toEqual([]);
    await login('ada');
    expect([drafts.get('c'), pendingFiles.refs('c')]).toEqual(['', []]);
  });

  it('goes even when the manager is away', async () => {
    manager.on('POST /api/auth/logout', (reply) => void reply.destroy());
    await session.logout();
    expect([new Drafts().get('c'), new PendingFiles().refs('c')]).toEqual(['', []]);
  });

  it('comes back to the same person when their session ran out', async () => {
    access.onRefused(new ApiError('Expired.', 401, 'token_expired'));
    leave();
    await login('ada');
    expect([drafts.get('c'), pendingFiles.refs('c')]).toEqual(['half a thought', [ref]]);
  });

  it('is no other person’s whose session begins after it', async () => {
    access.onRefused(new ApiError('Expired.', 401, 'token_expired'));
    leave();
    await login('bob');
    expect([drafts.get('c'), pendingFiles.refs('c')]).toEqual(['', []]);
  });

  it('is no other person’s who logged in beside it, after a reload', async () => {
    manager.on('GET /api/auth/me', json(200, user('bob')));
    session.phase = 'unknown';
    await session.restore();
    expect([new Drafts().get('c'), new PendingFiles().refs('c')]).toEqual(['', []]);
  });
});

describe('what the browser keeps', () => {
  it('waits for the same person', async () => {
    await session.logout();
    leave();
    await login('ada');
    expect(parameters.schemaText).toBe('{"title": "secret"}');
    expect(folders.isUnfolded('folder')).toBe(true);
    expect(models.selected).toBe('a/one');
  });

  it('is forgotten for another', async () => {
    await session.logout();
    leave();
    await login('bob');
    expect([parameters.schemaText, new Parameters().schemaText]).toEqual(['', '']);
    expect(folders.isUnfolded('folder')).toBe(false);
    expect(models.selected).toBeNull();
    expect(JSON.stringify(Object.fromEntries(kept()))).not.toContain('secret');
  });
});

function kept(): [string, string | null][] {
  const keys = Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at) ?? '');
  return keys.map((key) => [key, localStorage.getItem(key)]);
}
