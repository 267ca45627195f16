/**
 * JSON Schema as the chat uses it: read as it is typed, built from rows, and held against a reply.
 * Pure. What it checks is the part of draft 2020-12 that grammars of local models rule too.
 */
import { schemaWords as words } from './strings/json-schema';

export type JsonSchema = Record<string, unknown>;

export type ParsedSchema =
  { schema: JsonSchema | null; problem: null } | { schema: null; problem: string };

const TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'];

/** Empty text is no schema; anything else must be an object that reads as one. */
export function parseSchema(text: string): ParsedSchema {
  if (!text.trim()) return { schema: null, problem: null };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (problem) {
    return { schema: null, problem: words.notJson((problem as Error).message) };
  }
  if (!isRecord(value)) return { schema: null, problem: words.notObject };
  const problem = problemOf(value, '');
  return problem ? { schema: null, problem } : { schema: value, problem: null };
}

/** The first thing that is wrong with a schema, null when nothing is. */
function problemOf(schema: JsonSchema, path: string): string | null {
  const { type, properties, required, items } = schema;
  const names = Array.isArray(type) ? type : type === undefined ? [] : [type];
  const wrong = names.find((name) => !TYPES.includes(name as string));
  if (wrong !== undefined)
    return words.noType(where(path), JSON.stringify(wrong), TYPES.join(', '));
  if (schema.enum !== undefined && !(Array.isArray(schema.enum) && schema.enum.length > 0))
    return words.noEnum(where(path));
  if (properties !== undefined && !isRecord(properties)) return words.noProperties(where(path));
  if (required !== undefined && !isNames(required)) return words.noRequired(where(path));
  for (const [name, inner] of Object.entries(properties ?? {})) {
    const at = `${path}.${name}`;
    const problem = isRecord(inner) ? problemOf(inner, at) : words.noSchema(where(at));
    if (problem) return problem;
  }
  const missing = (required as string[] | undefined)?.find((name) => !(name in (properties ?? {})));
  if (missing !== undefined && properties) return words.requiredUnknown(where(path), missing);
  return isRecord(items) ? problemOf(items, `${path}[]`) : null;
}

/** Why a value does not fit a schema: where and what, or null when it fits. */
export function misfit(value: unknown, schema: JsonSchema, path = ''): string | null {
  const { type, items } = schema;
  const types = Array.isArray(type) ? type : type === undefined ? [] : [type];
  if (types.length > 0 && !types.some((name) => isOf(value, name as string)))
    return words.wrongType(where(path), types.join(' / '));
  if (Array.isArray(schema.enum) && !schema.enum.some((each) => same(each, value)))
    return words.notOneOf(where(path));
  if ('const' in schema && !same(schema.const, value)) return words.notOneOf(where(path));
  if (Array.isArray(value)) {
    if (!isRecord(items)) return null;
    return first(value, (each, index) => misfit(each, items, `${path}[${index}]`));
  }
  return isRecord(value) ? misfitOfObject(value, schema, path) : null;
}

function misfitOfObject(value: JsonSchema, schema: JsonSchema, path: string): string | null {
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const required = isNames(schema.required) ? schema.required : [];
  const missing = required.find((name) => !(name in value));
  if (missing !== undefined) return words.missing(where(path), missing);
  if (schema.additionalProperties === false) {
    const extra = Object.keys(value).find((name) => !(name in properties));
    if (extra !== undefined) return words.extra(where(path), extra);
  }
  return first(Object.entries(properties), ([name, inner]) =>
    name in value && isRecord(inner) ? misfit(value[name], inner, `${path}.${name}`) : null,
  );
}

function first<T>(list: T[], check: (item: T, index: number) => string | null): string | null {
  for (const [index, item] of list.entries()) {
    const problem = check(item, index);
    if (problem) return problem;
  }
  return null;
}

function isOf(value: unknown, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isRecord(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function isRecord(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

const where = (path: string) => path.replace(/^\./, '') || words.top;
