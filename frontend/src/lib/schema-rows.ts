/** Simple objects as rows of a form: each a name, a type, and whether it must be there. Pure. */
import type { JsonSchema } from './json-schema';

export const ROW_TYPES = ['string', 'number', 'integer', 'boolean', 'strings', 'numbers'] as const;
export type RowType = (typeof ROW_TYPES)[number];

export interface SchemaRow {
  name: string;
  type: RowType;
  required: boolean;
}

const LISTS: Partial<Record<RowType, string>> = { strings: 'string', numbers: 'number' };

/** The object that rows describe; rows without a name or with one taken before are left out. */
export function schemaOfRows(rows: readonly SchemaRow[]): JsonSchema | null {
  const named = new Map<string, SchemaRow>();
  for (const row of rows) {
    const name = row.name.trim();
    if (name && !named.has(name)) named.set(name, row);
  }
  if (named.size === 0) return null;
  const entries = [...named];
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, { type }]) => [name, typed(type)])),
    required: entries.filter(([, { required }]) => required).map(([name]) => name),
    additionalProperties: false,
  };
}

/** The rows of a schema, null for one that says more than rows can. */
export function rowsOfSchema(schema: JsonSchema | null): SchemaRow[] | null {
  if (schema === null) return [];
  const { type, properties, required, additionalProperties, ...more } = schema;
  if (type !== 'object' || Object.keys(more).length > 0) return null;
  if (additionalProperties !== undefined && additionalProperties !== false) return null;
  const names = (required ?? []) as string[];
  const rows = Object.entries((properties ?? {}) as Record<string, JsonSchema>).map(
    ([name, inner]) => ({ name, type: rowType(inner), required: names.includes(name) }),
  );
  return rows.every((row): row is SchemaRow => row.type !== null) ? rows : null;
}

function typed(type: RowType): JsonSchema {
  const item = LISTS[type];
  return item ? { type: 'array', items: { type: item } } : { type };
}

function rowType(schema: JsonSchema): RowType | null {
  return ROW_TYPES.find((type) => JSON.stringify(typed(type)) === JSON.stringify(schema)) ?? null;
}
