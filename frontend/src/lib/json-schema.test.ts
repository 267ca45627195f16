import { describe, expect, it } from 'vitest';
import { misfit, parseSchema, type JsonSchema } from './json-schema';
import { rowsOfSchema, schemaOfRows, type SchemaRow } from './schema-rows';

const PERSON: JsonSchema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    age: { type: 'integer' },
    tags: { type: 'array', items: { type: 'string' } },
    kind: { enum: ['cat', 'dog'] },
  },
  required: ['name'],
  additionalProperties: false,
};

describe('a schema as it is typed', () => {
  it.each(['', '  \n'])('is none while %j stands there', (text) => {
    expect(parseSchema(text)).toEqual({ schema: null, problem: null });
  });

  it('is read', () => {
    expect(parseSchema(JSON.stringify(PERSON)).schema).toEqual(PERSON);
  });

  it.each([
    ['{"type": "obj', /not JSON yet/],
    ['[]', /Give an object/],
    ['{"type": "text"}', /At the top, "text" is no type/],
    ['{"properties": []}', /"properties" needs an object/],
    ['{"properties": {"a": 1}}', /At a stands no schema/],
    ['{"properties": {"a": {"type": 1}}}', /At a, 1 is no type/],
    ['{"properties": {"a": {}}, "required": ["b"]}', /"b" is required but not/],
    ['{"required": "a"}', /"required" needs a list/],
    ['{"enum": []}', /"enum" needs a list/],
    ['{"items": {"type": "x"}}', /At \[\], "x" is no type/],
  ])('%s is told', (text, problem) => {
    expect(parseSchema(text).problem).toMatch(problem);
  });
});

describe('a reply against its schema', () => {
  it.each([
    [{ name: 'Ada' }, null],
    [{ name: 'Ada', age: 36, tags: ['x'], kind: 'cat' }, null],
    [[], /the top is not of type object/],
    [{}, /"name" is missing at the top/],
    [{ name: 1 }, /name is not of type string/],
    [{ name: 'Ada', age: 1.5 }, /age is not of type integer/],
    [{ name: 'Ada', tags: ['x', 2] }, /tags\[1\] is not of type string/],
    [{ name: 'Ada', kind: 'cow' }, /kind is none of the values/],
    [{ name: 'Ada', more: 1 }, /"more" is not expected/],
  ])('%j', (value, problem) => {
    const found = misfit(value, PERSON);
    if (problem) expect(found).toMatch(problem);
    else expect(found).toBeNull();
  });
});

describe('rows', () => {
  const ROWS: SchemaRow[] = [
    { name: 'city', type: 'string', required: true },
    { name: 'days', type: 'numbers', required: false },
  ];

  it('become a schema and come back from it', () => {
    const schema = schemaOfRows(ROWS);
    expect(parseSchema(JSON.stringify(schema)).problem).toBeNull();
    expect(rowsOfSchema(schema)).toEqual(ROWS);
  });

  it('without a name, or with one that is taken, say nothing', () => {
    expect(schemaOfRows([{ name: ' ', type: 'string', required: true }])).toBeNull();
    const twice = schemaOfRows([...ROWS, { name: 'city', type: 'number', required: false }]);
    expect(twice).toEqual(schemaOfRows(ROWS));
  });

  it.each([{ type: 'array' }, PERSON, { ...PERSON, title: 'x' }, { anyOf: [] }])(
    'cannot show %j',
    (schema) => {
      expect(rowsOfSchema(schema as JsonSchema)).toBeNull();
    },
  );
});
