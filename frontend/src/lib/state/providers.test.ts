import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aProvider } from '$lib/testing/routing';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { hasNews, Providers } from './providers.svelte';

const WELL = { ok: true, detail: 'Cloud answers.', milliseconds: 12, models: ['big/one', 'two'] };
const IN_USE = { detail: 'Cloud is a target of Away.', code: 'provider_in_use' };

let providers: Providers;

beforeEach(async () => {
  const page = { items: [aProvider({ circuit: 'open', retry_seconds: 9 })], next_cursor: null };
  manager.on('GET /api/providers', json(200, page));
  providers = new Providers();
  await providers.list.load();
});

describe('a provider', () => {
  it('is tested: what it lists, when, and that its circuit is closed again', async () => {
    manager.on('POST /api/providers/provider-1/test', json(200, WELL));
    manager.on('GET /api/providers/provider-1', json(200, aProvider()));
    const test = providers.test('provider-1');
    expect(providers.testing.has('provider-1')).toBe(true);
    await test;
    expect(providers.testing.has('provider-1')).toBe(false);
    expect(providers.tested.get('provider-1')).toMatchObject(WELL);
    expect(Date.parse(providers.tested.get('provider-1')!.at)).not.toBeNaN();
    expect(providers.find('provider-1')?.circuit).toBe('closed');
  });

  it('offers what its test listed when told to', async () => {
    manager.on('POST /api/providers/provider-1/test', json(200, WELL));
    manager.on('GET /api/providers/provider-1', json(200, aProvider()));
    manager.on('PATCH /api/providers/provider-1', json(200, aProvider({ models: WELL.models })));
    await providers.test('provider-1');
    const news = () => hasNews(providers.find('provider-1')!, providers.tested.get('provider-1')!);
    expect(news()).toBe(true);
    expect(await providers.takeModels('provider-1')).toBeNull();
    expect(manager.asked.at(-1)?.body).toEqual({ models: WELL.models });
    expect(news()).toBe(false);
  });

  it('says why a test could not be made', async () => {
    manager.on('POST /api/providers/provider-1/test', (reply) => void reply.destroy());
    await providers.test('provider-1');
    expect(providers.tested.get('provider-1')?.ok).toBe(false);
    expect(providers.tested.get('provider-1')?.detail).toMatch(/does not answer/);
    expect(await providers.takeModels('provider-1')).toBeNull();
    expect(manager.asked.some((asked) => asked.method === 'PATCH')).toBe(false);
  });

  it('is switched at once, and back when that is refused', async () => {
    manager.on('PATCH /api/providers/provider-1', json(500, { detail: 'Disk full.', code: 'x' }));
    const change = providers.enable('provider-1', false);
    expect(providers.find('provider-1')?.is_enabled).toBe(false);
    expect((await change)?.message).toBe('Disk full.');
    expect(providers.find('provider-1')?.is_enabled).toBe(true);
  });

  it('stays while a rule names it, and goes when another window deleted it', async () => {
    manager.on('DELETE /api/providers/provider-1', json(409, IN_USE));
    expect((await providers.remove('provider-1'))?.message).toBe(IN_USE.detail);
    expect(providers.list.items).toHaveLength(1);
    manager.on('DELETE /api/providers/provider-1', json(404, { detail: 'No.', code: 'x' }));
    expect(await providers.remove('provider-1')).toBeNull();
    expect(providers.list.items).toEqual([]);
  });

  it('is asked about again once its pause is over, unless nobody looks any more', async () => {
    const resting = aProvider({ circuit: 'open', retry_seconds: 0.01 });
    providers.list.items = [resting];
    providers.watch()();
    const before = manager.asked.length;
    manager.on('GET /api/providers', json(200, { items: [aProvider()], next_cursor: null }));
    const end = providers.watch();
    await vi.waitFor(() => expect(providers.find('provider-1')?.circuit).toBe('closed'), {
      timeout: 4000,
    });
    expect(manager.asked.length).toBe(before + 1);
    end();
  });

  it('is another one with another address: its test says nothing any more', async () => {
    manager.on('POST /api/providers/provider-1/test', json(200, WELL));
    manager.on('GET /api/providers/provider-1', json(200, aProvider()));
    manager.on('PATCH /api/providers/provider-1', json(200, aProvider()));
    await providers.test('provider-1');
    await providers.update('provider-1', { name: 'Sky' });
    expect(providers.tested.has('provider-1')).toBe(true);
    await providers.update('provider-1', { base_url: 'https://other.example.org' });
    expect(providers.tested.has('provider-1')).toBe(false);
  });
});
