import { beforeEach, describe, expect, it } from 'vitest';
import type { Launchd } from '$lib/api/types';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { LaunchdAgent } from './launchd.svelte';

const OFF: Launchd = {
  supported: true,
  installed: false,
  running: false,
  path: '/home/ada/agent.plist',
  detail: 'It is not installed.',
};
const ON = { ...OFF, installed: true };

let agent: LaunchdAgent;
beforeEach(() => {
  agent = new LaunchdAgent();
  manager.on('GET /api/system/launchd/status', json(200, OFF));
});

describe('beginning with the Mac', () => {
  it('is switched on and off', async () => {
    manager.on('POST /api/system/launchd/install', json(200, ON));
    manager.on('POST /api/system/launchd/uninstall', json(200, OFF));
    await agent.load();
    expect(agent.status?.installed).toBe(false);
    await agent.install();
    expect(agent.status?.installed).toBe(true);
    await agent.uninstall();
    expect(agent.status?.installed).toBe(false);
    expect([agent.busy, agent.error]).toEqual([false, null]);
  });

  it('says why it was not switched, and stays as it was', async () => {
    const refused = { detail: 'The file cannot be written.', code: 'launchd_failed' };
    manager.on('POST /api/system/launchd/install', json(409, refused));
    await agent.load();
    await agent.install();
    expect(agent.error?.message).toBe('The file cannot be written.');
    expect(agent.status).toEqual(OFF);
  });
});
