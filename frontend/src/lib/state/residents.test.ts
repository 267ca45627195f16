import { beforeEach, describe, expect, it } from 'vitest';
import { aResident } from '$lib/testing/models';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { residentKey, Residents } from './residents.svelte';

const plain = aResident();
const tuned = aResident({ adapter: 'org/tune' });

let residents: Residents;
beforeEach(() => {
  residents = new Residents();
  manager.on('GET /v1/models', json(200, { object: 'list', data: [] }));
});

describe('what the pool holds', () => {
  it('is told apart by its adapter, in what is asked too', async () => {
    manager.on('POST /v1/admin/unload', json(200, { model: 'org/one', resident: null }));
    manager.on('POST /v1/admin/load', json(200, { model: 'org/one', resident: plain }));
    expect(residentKey(plain)).not.toBe(residentKey(tuned));
    await residents.act(plain, 'unload');
    await residents.act(tuned, 'unload');
    await residents.act(tuned, 'pin');
    await residents.act(plain, 'unpin');
    const orders = manager.asked.filter((asked) => asked.path.startsWith('/v1/admin/'));
    expect(orders.map((asked) => asked.body)).toEqual([
      { model: 'org/one' },
      { model: 'org/one', adapter: 'org/tune' },
      { model: 'org/one', adapter: 'org/tune', pinned: true },
      { model: 'org/one', pinned: false },
    ]);
  });

  it('says of the one that was refused why, and not of the other', async () => {
    manager.on('POST /v1/admin/unload', json(409, { error: { message: 'In use.', code: 'busy' } }));
    expect(await residents.act(tuned, 'unload')).toBe(false);
    expect(residents.refused[residentKey(tuned)]?.message).toBe('In use.');
    expect(residents.refused[residentKey(plain)]).toBeUndefined();
    residents.forgive(tuned);
    expect(residents.refused).toEqual({});
  });
});
