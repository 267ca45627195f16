/** Whether a reply is JSON, and whether it is what was asked for. Pure. */
import { misfit, type JsonSchema } from './json-schema';

export type JsonVerdict = { pretty: string } & (
  { kind: 'valid' } | { kind: 'fits' } | { kind: 'invalid' } | { kind: 'unfit'; reason: string }
);

/** The verdict on a reply, null for one that is no JSON and was not meant to be. */
export function judge(text: string, schema: JsonSchema | null): JsonVerdict | null {
  // A number or a word alone is an answer like any other.
  if (schema === null && !/^\s*[[{]/.test(text)) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return schema === null ? null : { kind: 'invalid', pretty: text };
  }
  const pretty = JSON.stringify(value, null, 2);
  if (schema === null) return { kind: 'valid', pretty };
  const reason = misfit(value, schema);
  return reason === null ? { kind: 'fits', pretty } : { kind: 'unfit', reason, pretty };
}
