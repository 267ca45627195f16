import { beforeEach, describe, expect, it } from 'vitest';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { HubToken } from './hub-token.svelte';

const PLACE = '/api/settings/hub-token';
const state = (source: string) => ({ source, variable: null, updated_at: null, problem: null });

let token: HubToken;
beforeEach(() => (token = new HubToken()));

describe('the token of the hub', () => {
  it('goes in and is never kept here', async () => {
    manager.on(`PUT ${PLACE}`, json(200, state('saved')));
    expect(await token.save('hf_secret')).toBeNull();
    expect(manager.asked[0]?.body).toEqual({ token: 'hf_secret' });
    expect(token.state?.source).toBe('saved');
    expect(JSON.stringify(token.state)).not.toContain('hf_secret');
  });

  it('is asked for again when it is deleted: another may stand behind it', async () => {
    manager.on(`DELETE ${PLACE}`, json(204, undefined));
    manager.on(`GET ${PLACE}`, json(200, state('none')));
    expect(await token.forget()).toBeNull();
    expect(token.state?.source).toBe('none');
  });

  it('stays as it is where the environment sets it, and says why', async () => {
    manager.on(`GET ${PLACE}`, json(200, state('environment')));
    await token.load();
    manager.on(`PUT ${PLACE}`, json(409, { detail: 'Set by HF_TOKEN.', code: 'setting_fixed' }));
    expect((await token.save('hf_other'))?.message).toBe('Set by HF_TOKEN.');
    expect([token.state?.source, token.busy]).toEqual(['environment', false]);
  });
});
