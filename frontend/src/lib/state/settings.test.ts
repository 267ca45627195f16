import { beforeEach, describe, expect, it } from 'vitest';
import { aSetting } from '$lib/testing/accounts';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { Settings } from './settings.svelte';

const MODELS = aSetting();
const PROMPTS = aSetting({ name: 'audit_keeps_prompts', value: true, default: false });

let settings: Settings;

beforeEach(async () => {
  manager.on('GET /api/settings', json(200, { items: [MODELS, PROMPTS], needs_restart: [] }));
  settings = new Settings();
  await settings.load();
});

describe('the settings', () => {
  it('are dirty only while they differ', () => {
    settings.type(MODELS, '6');
    expect(settings.isDirty).toBe(true);
    expect(settings.text(MODELS)).toBe('6');
    settings.type(MODELS, '4');
    expect(settings.isDirty).toBe(false);
  });

  it('send what changed, and null for a default', async () => {
    const changed = { ...MODELS, value: 6, running: 4, takes_effect: 'restart' };
    const report = { items: [changed, PROMPTS], needs_restart: ['max_models'] };
    manager.on('PUT /api/settings', json(200, report));
    settings.type(MODELS, ' 6 ');
    settings.reset(PROMPTS);
    expect(settings.text(PROMPTS)).toBe('false');
    expect(await settings.save()).toBeNull();
    expect(manager.asked.at(-1)?.body).toEqual({ max_models: 6, audit_keeps_prompts: null });
    expect(settings.needsRestart).toEqual(['max_models']);
    expect(settings.isDirty).toBe(false);
  });

  it('keep what is typed while they are saved', async () => {
    const report = { items: [{ ...MODELS, value: 6 }, PROMPTS], needs_restart: [] };
    manager.on('PUT /api/settings', json(200, report));
    settings.type(MODELS, '6');
    const saved = settings.save();
    settings.type(MODELS, '7');
    settings.type(PROMPTS, 'false');
    expect(await saved).toBeNull();
    expect(settings.changed.map((setting) => settings.text(setting))).toEqual(['7', 'false']);
  });

  it('keep what was typed when the manager refuses, and say where', async () => {
    const detail = [{ loc: ['body', 'max_models'], msg: 'Input should be at most 1000' }];
    manager.on('PUT /api/settings', json(422, { detail }));
    settings.type(MODELS, '5000');
    expect((await settings.save())?.code).toBe('validation_failed');
    expect(settings.problem(MODELS)).toBe('Input should be at most 1000');
    expect(settings.text(MODELS)).toBe('5000');
    settings.type(MODELS, '500');
    expect(settings.problem(MODELS)).toBeUndefined();
  });

  it('can be changed one by one, whatever else is typed', async () => {
    const items = [MODELS, { ...PROMPTS, value: false }];
    manager.on('PUT /api/settings', json(200, { items, needs_restart: [] }));
    settings.type(MODELS, '6');
    expect(await settings.put('audit_keeps_prompts', false)).toBeNull();
    expect(manager.asked.at(-1)?.body).toEqual({ audit_keeps_prompts: false });
    expect(settings.items[1]?.value).toBe(false);
    expect(settings.text(MODELS)).toBe('6');
  });

  it('are not sent while a number is none', () => {
    settings.type(MODELS, 'many');
    expect(settings.hasProblem).toBe(true);
    settings.discard();
    expect(settings.hasProblem).toBe(false);
  });
});
