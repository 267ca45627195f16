import { expect, it } from 'vitest';
import { judge } from './json-reply';

const SCHEMA = { type: 'object', required: ['a'] };

it.each([
  ['Hello', null, null],
  ['3', null, null],
  ['[not] JSON', null, null],
  ['{"a":1}', null, 'valid'],
  ['{"a":1}', SCHEMA, 'fits'],
  ['{"b":1}', SCHEMA, 'unfit'],
  ['{"a":', SCHEMA, 'invalid'],
  ['3', { type: 'integer' }, 'fits'],
])('%s by %j: %s', (text, schema, kind) => {
  expect(judge(text, schema)?.kind ?? null).toBe(kind);
});

it('sets it in order', () => {
  expect(judge('{"a":[1]}', null)?.pretty).toBe('{\n  "a": [\n    1\n  ]\n}');
});
