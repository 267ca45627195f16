import { beforeEach, describe, expect, it } from 'vitest';
import { fieldsOfRule } from '$lib/rule-draft';
import { aRule } from '$lib/testing/routing';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { Rules } from './rules.svelte';

const CHANGED = { detail: 'The order must name every rule once.', code: 'rules_changed' };
const ids = (rules: Rules) => rules.list.items.map((rule) => rule.id);
const orders = () =>
  manager.asked
    .filter((asked) => asked.path === '/api/routing/order')
    .map((asked) => (asked.body as { ids: string[] }).ids.join(''));

let rules: Rules;

beforeEach(async () => {
  const items = ['a', 'b', 'c'].map((id) => aRule({ id, name: `Rule ${id}` }));
  manager.on('GET /api/routing/rules', json(200, { items, next_cursor: null }));
  manager.on('PUT /api/routing/order', json(204, undefined));
  rules = new Rules();
  await rules.list.load();
});

describe('the order of the rules', () => {
  it('changes at once and is saved whole', async () => {
    const move = rules.move('c', 0);
    expect(ids(rules)).toEqual(['c', 'a', 'b']);
    expect(await move).toBeNull();
    expect(orders()).toEqual(['cab']);
  });

  it('is saved last as it was left, however fast it is changed', async () => {
    await Promise.all([rules.move('a', 1), rules.move('a', 2), rules.move('b', 1)]);
    expect(ids(rules)).toEqual(['c', 'b', 'a']);
    expect(orders().at(-1)).toBe('cba');
    expect(orders().length).toBeLessThanOrEqual(2);
    await rules.move('a', 0);
    expect(orders().at(-1)).toBe('acb');
  });

  it("is the manager's again when it is refused", async () => {
    manager.on('PUT /api/routing/order', json(409, CHANGED));
    expect((await rules.move('c', 0))?.code).toBe('rules_changed');
    expect(ids(rules)).toEqual(['a', 'b', 'c']);
  });
});

describe('a rule', () => {
  it('is switched off without another change, and back on when that is refused', async () => {
    const rule = rules.list.items[0]!;
    manager.on('PUT /api/routing/rules/a', json(200, { ...rule, is_enabled: false }));
    expect(await rules.enable(rule, false)).toBeNull();
    const sent = manager.asked.at(-1)?.body as object;
    expect({ ...rule, ...sent }).toEqual({ ...rule, is_enabled: false });
    expect(Object.keys(sent)).not.toContain('id');
    manager.on('PUT /api/routing/rules/b', json(500, { detail: 'Disk full.', code: 'x' }));
    expect((await rules.enable(rules.list.items[1]!, false))?.message).toBe('Disk full.');
    expect(rules.list.items.map((each) => each.is_enabled)).toEqual([false, true, true]);
  });

  it('is changed without being switched: that may have happened meanwhile', async () => {
    const rule = rules.list.items[0]!;
    rules.list.items = [{ ...rule, is_enabled: false }];
    manager.on('PUT /api/routing/rules/a', json(200, { ...rule, is_enabled: false, name: 'B' }));
    expect(await rules.change('a', { ...fieldsOfRule(rule), name: 'B' })).toBeNull();
    expect(manager.asked.at(-1)?.body).toMatchObject({ is_enabled: false, name: 'B' });
    expect(rules.list.items[0]?.name).toBe('B');
  });

  it('comes last when it is new, and is gone when it was deleted elsewhere', async () => {
    manager.on('POST /api/routing/rules', json(201, aRule({ id: 'd' })));
    manager.on('DELETE /api/routing/rules/b', json(404, { detail: 'No.', code: 'not_found' }));
    const { name, model, targets } = aRule();
    expect(await rules.create({ name, model, targets })).toBeNull();
    expect(await rules.remove('b')).toBeNull();
    expect(ids(rules)).toEqual(['a', 'c', 'd']);
  });

  it('names its providers', () => {
    expect(rules.naming('provider-1')).toEqual(['Rule a', 'Rule b', 'Rule c']);
    expect(rules.naming('provider-2')).toEqual([]);
  });
});
