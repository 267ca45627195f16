import { describe, expect, it } from 'vitest';
import { access } from '$lib/api/client';
import { aDevice, aUser } from '$lib/testing/accounts';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { Devices } from './devices.svelte';
import { Session } from './session.svelte';
import { recall } from './storage';

describe('the devices', () => {
  it('begin with this one, then the ones seen last', async () => {
    const seen = (id: string, day: number) =>
      aDevice({ id, last_seen_at: `2026-01-0${day}T00:00:00Z`, current: id === 'this' });
    const items = [seen('old', 1), seen('new', 5), seen('this', 3)];
    manager.on('GET /api/auth/sessions', json(200, { items, next_cursor: null }));
    const devices = new Devices();
    await devices.load();
    expect(devices.items.map((device) => device.id)).toEqual(['this', 'new', 'old']);
    manager.on('DELETE /api/auth/sessions/old', json(204, undefined));
    expect(await devices.end('old')).toBeNull();
    expect(devices.items.map((device) => device.id)).toEqual(['this', 'new']);
  });
});

describe('the own session', () => {
  it('goes on with the fresh token of a new password', async () => {
    const session = new Session();
    access.token = 'old';
    const reply = { access_token: 'fresh', token_type: 'bearer', expires_in: 9 };
    manager.on('PUT /api/auth/me/password', json(200, reply));
    expect(await session.changePassword('was', 'will be long')).toBeNull();
    expect(recall('token')).toBe('fresh');
    expect(access.token).toBe('fresh');
  });

  it('stays when the current password was wrong', async () => {
    const session = new Session();
    session.user = aUser();
    session.phase = 'signed-in';
    access.token = 'good';
    const refused = json(403, { detail: 'Not your password.', code: 'wrong_password' });
    manager.on('PUT /api/auth/me/password', refused);
    expect((await session.changePassword('x', 'y'))?.code).toBe('wrong_password');
    expect(session.phase).toBe('signed-in');
  });

  it('ends here, or everywhere', async () => {
    const session = new Session();
    manager.on('POST /api/auth/logout', json(204, undefined));
    await session.logout();
    await session.logout(true);
    expect(manager.asked.map((asked) => asked.query.get('everywhere'))).toEqual(['false', 'true']);
  });
});
