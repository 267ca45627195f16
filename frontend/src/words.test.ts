/** Holds every word that a person reads in the catalogue, lib/strings, so that it can be translated. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'svelte/compiler';
import { expect, it } from 'vitest';

/** Attributes and properties of components that a person reads, or hears. */
const READ =
  /^(aria-(label|description|roledescription|valuetext)|title|placeholder|alt|label|text)$/;
/** Examples of what is written there, the same in every language. */
const EXAMPLES = ['https://', 'gpt-4o', 'mlx-community/*'];

const source = fileURLToPath(new URL('.', import.meta.url));
const components = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.svelte'),
);

/** Texts with a word in them that stand in the markup itself. */
function* textsIn(node: unknown): Generator<string> {
  if (Array.isArray(node)) for (const each of node) yield* textsIn(each);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
  const { type, name, data } = node as { type?: string; name?: string; data?: string };
  if (type === 'StyleDirective') return;
  if (type === 'Attribute' && !READ.test(name ?? '')) return;
  if (type === 'Text' && /\p{L}{2}/u.test(data ?? '')) yield (data ?? '').trim();
  for (const part of Object.values(node)) yield* textsIn(part);
}

/** Only the markup is read; that it is TypeScript is said by the empty script. */
function wordsOf(svelte: string): string[] {
  const markup = svelte.replace(/<(script|style)\b[\s\S]*?<\/\1>/g, '');
  const { fragment } = parse(`<script lang="ts"></script>${markup}`, { modern: true });
  return [...textsIn(fragment)].filter((text) => !EXAMPLES.includes(text));
}

it('has no word in the markup of a component', () => {
  expect(components.length).toBeGreaterThan(100);
  const found = components.flatMap((file) =>
    wordsOf(readFileSync(source + file, 'utf8')).map((text) => `${file}: ${text}`),
  );
  expect(found).toEqual([]);
  // Hundreds of files are read.
}, 60_000);

it('would find one', () => {
  expect(wordsOf('<p class="plain" title="Read me">{words.a}, and b</p>')).toEqual([
    'Read me',
    ', and b',
  ]);
});
