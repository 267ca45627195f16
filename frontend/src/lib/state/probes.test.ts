import { beforeEach, describe, expect, it } from 'vitest';
import type { Probe, ProbeCheck } from '$lib/api/types';
import { aLocalModel } from '$lib/testing/models';
import { events, json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { Probes } from './probes.svelte';

const PROBE = 'POST /api/models/probe/org%2Fone';
const CHECK: ProbeCheck = { name: 'text', passed: true, detail: 'It said: red.', seconds: 1 };

function aProbe(probed_at: string): Probe {
  return {
    works: true,
    problem: null,
    checks: [CHECK],
    speed: {},
    weights_bytes: 1,
    mlx_lm: '1.0',
    probed_at,
    is_current: true,
  };
}

const OLD = aProbe('2026-01-01T00:00:00Z');
const NEW = aProbe('2026-01-02T00:00:00Z');
const whole = events(
  [
    ['check', { event: 'check', check: CHECK }],
    ['done', { event: 'done', probe: NEW }],
  ],
  'ended',
);

let probes: Probes;
beforeEach(() => (probes = new Probes()));

describe('a model that is tried', () => {
  it('shows each check as it ends, and then what is kept', async () => {
    manager.on(PROBE, whole);
    const model = aLocalModel({ probe: OLD });
    expect(probes.of(model)).toEqual(OLD);
    const run = probes.run('org/one');
    expect(probes.model).toBe('org/one');
    await run;
    expect(probes.checks).toEqual([CHECK]);
    expect(probes.of(model)).toEqual(NEW);
    expect([probes.model, probes.failed]).toEqual([null, {}]);
  });

  it('is the one that the list knows, once that is newer', async () => {
    manager.on(PROBE, whole);
    await probes.run('org/one');
    const replaced = { ...aProbe('2026-01-03T00:00:00Z'), is_current: false };
    expect(probes.of(aLocalModel({ probe: replaced }))).toEqual(replaced);
    expect(probes.of(aLocalModel({ id: 'org/two' }))).toBeNull();
  });

  it('says why it was refused, and keeps what was found before', async () => {
    manager.on(PROBE, json(403, { detail: 'For administrators.', code: 'administrators_only' }));
    await probes.run('org/one');
    expect(probes.failed['org/one']?.message).toBe('For administrators.');
    expect(probes.of(aLocalModel({ probe: OLD }))).toEqual(OLD);
    manager.on(PROBE, whole);
    await probes.run('org/one');
    expect(probes.failed).toEqual({});
  });

  it('does not take a stream that stops half way for an end', async () => {
    manager.on(PROBE, events([['check', { event: 'check', check: CHECK }]], 'ended'));
    await probes.run('org/one');
    expect(probes.failed['org/one']?.code).toBe('probe_cut');
    expect(probes.of(aLocalModel())).toBeNull();
  });

  it('is one at a time, and can be stopped without being blamed', async () => {
    manager.on(PROBE, (reply) => {
      reply.writeHead(200, { 'content-type': 'text/event-stream' });
      reply.write(': loading\n\n');
    });
    const run = probes.run('org/one');
    await probes.run('org/two');
    expect(probes.model).toBe('org/one');
    probes.stop();
    await run;
    expect([probes.model, probes.failed]).toEqual([null, {}]);
  });
});
