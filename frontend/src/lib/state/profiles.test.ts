import { beforeEach, describe, expect, it } from 'vitest';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { aProfile } from '$lib/testing/profiles';
import { Profiles } from './profiles.svelte';

const PROFILES = '/api/profiles';
const ONE = `${PROFILES}/profile-1`;

let profiles: Profiles;
beforeEach(async () => {
  manager.on(`GET ${PROFILES}`, json(200, { items: [aProfile()], next_cursor: null }));
  manager.on('GET /api/servers', json(200, { items: [], next_cursor: null }));
  manager.on('GET /v1/models', json(200, { object: 'list', data: [] }));
  profiles = new Profiles();
  await profiles.list.load();
});

const names = () => profiles.list.items.map((profile) => profile.name);

describe('the profiles', () => {
  it('are made, copied and changed as the manager says', async () => {
    manager.on(`POST ${PROFILES}`, json(201, aProfile({ id: 'profile-2', name: 'poet' })));
    manager.on(
      `POST ${ONE}/duplicate`,
      json(201, aProfile({ id: 'profile-3', name: 'writer-copy' })),
    );
    manager.on(`PATCH ${ONE}`, json(200, aProfile({ name: 'author' })));
    await profiles.create({ name: 'poet', model: 'org/one' });
    expect((await profiles.duplicate('profile-1')).profile?.name).toBe('writer-copy');
    expect((await profiles.update('profile-1', { name: 'author' })).failure).toBeNull();
    expect(names()).toEqual(['author', 'poet', 'writer-copy']);
  });

  it('say which field was refused, and stay as they were', async () => {
    const detail = [{ loc: ['body', 'defaults', 'top_k'], msg: 'Input should be 0 or more' }];
    manager.on(`PATCH ${ONE}`, json(422, { detail }));
    const { failure } = await profiles.update('profile-1', { defaults: { top_k: -1 } });
    expect(failure?.fields).toEqual({ top_k: 'Input should be 0 or more' });
    manager.on(`POST ${PROFILES}`, json(409, { detail: 'Taken.', code: 'profile_name_taken' }));
    const taken = await profiles.create({ name: 'writer', model: 'org/one' });
    expect([taken.profile, taken.failure?.code]).toEqual([null, 'profile_name_taken']);
    expect(names()).toEqual(['writer']);
  });

  it('go when they are deleted, here or elsewhere, and stay while they run', async () => {
    manager.on(`DELETE ${ONE}`, json(409, { detail: 'It runs.', code: 'profile_in_use' }));
    expect((await profiles.remove('profile-1'))?.message).toBe('It runs.');
    expect(names()).toEqual(['writer']);
    manager.on(`DELETE ${ONE}`, json(404, { detail: 'No such profile.', code: 'not_found' }));
    expect(await profiles.remove('profile-1')).toBeNull();
    expect(names()).toEqual([]);
  });
});
