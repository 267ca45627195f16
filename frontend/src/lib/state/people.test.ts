import { beforeEach, describe, expect, it } from 'vitest';
import { aUser } from '$lib/testing/accounts';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { People } from './people.svelte';
import { pending } from './pending.svelte';
import { session } from './session.svelte';

const ADA = aUser();
const GRACE = aUser({ id: 'user-2', email: 'g@example.org', status: 'pending', is_admin: false });
const REFUSED = { detail: 'The last administrator stays one.', code: 'last_administrator' };

let people: People;

beforeEach(async () => {
  manager.on('GET /api/auth/users', json(200, { items: [ADA, GRACE], next_cursor: null }));
  manager.on('GET /api/auth/users/pending/count', json(200, { count: 1 }));
  people = new People();
  await people.load();
});

describe('people', () => {
  it('are those who wait and those who are in', () => {
    expect(people.waiting.map((user) => user.email)).toEqual(['g@example.org']);
    expect(people.settled.map((user) => user.email)).toEqual(['ada@example.org']);
  });

  it('are approved at once, and the badge asks again', async () => {
    manager.on('PUT /api/auth/users/user-2', json(200, { ...GRACE, status: 'approved' }));
    manager.on('GET /api/auth/users/pending/count', json(200, { count: 0 }));
    const change = people.change('user-2', { status: 'approved' });
    expect(people.waiting).toEqual([]);
    expect(await change).toBeNull();
    expect(people.settled).toHaveLength(2);
    await pending.refresh();
    expect(pending.count).toBe(0);
  });

  it('stay as they were when the manager refuses', async () => {
    manager.on('PUT /api/auth/users/user-1', json(409, REFUSED));
    const change = people.change('user-1', { is_admin: false });
    expect(people.settled[0]?.is_admin).toBe(false);
    expect((await change)?.code).toBe('last_administrator');
    expect(people.settled[0]?.is_admin).toBe(true);
  });

  it('are oneself, too: who gives up their role is no administrator any more', async () => {
    session.user = ADA;
    manager.on('PUT /api/auth/users/user-1', json(409, REFUSED));
    await people.change('user-1', { is_admin: false });
    expect(session.user?.is_admin).toBe(true);
    manager.on('PUT /api/auth/users/user-1', json(200, { ...ADA, is_admin: false }));
    await people.change('user-1', { is_admin: false });
    expect(session.user?.is_admin).toBe(false);
    session.user = null;
  });

  it('know the administrator who must stay', () => {
    expect(people.isLastAdministrator(ADA)).toBe(true);
    expect(people.isLastAdministrator(GRACE)).toBe(false);
    people.list.items.push(aUser({ id: 'user-3' }));
    expect(people.isLastAdministrator(ADA)).toBe(false);
  });

  it('are gone when they were deleted in another window', async () => {
    manager.on('DELETE /api/auth/users/user-2', json(404, { detail: 'No.', code: 'not_found' }));
    expect(await people.remove('user-2')).toBeNull();
    expect(people.waiting).toEqual([]);
  });

  it('stay when they could not be deleted', async () => {
    manager.on('DELETE /api/auth/users/user-1', json(409, REFUSED));
    expect((await people.remove('user-1'))?.message).toBe(REFUSED.detail);
    expect(people.settled).toHaveLength(1);
  });
});

describe('the badge', () => {
  it('stays as it was when the manager is away', async () => {
    await pending.refresh();
    manager.on('GET /api/auth/users/pending/count', (reply) => void reply.destroy());
    await pending.refresh();
    expect(pending.count).toBe(1);
  });
});
