// Prints the compressed JavaScript a browser fetches for the login and chat pages, and fails above the limit.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const LIMIT_BYTES = 200_000;
const client = fileURLToPath(new URL('../.svelte-kit/output/client/', import.meta.url));
const generated = fileURLToPath(
  new URL('../.svelte-kit/generated/client-optimized/', import.meta.url),
);
/** @type {Record<string, {file: string, imports?: string[]}>} */
const manifest = JSON.parse(readFileSync(`${client}.vite/manifest.json`, 'utf8'));

/** Node numbers of the layouts and the page of the routes that are measured. */
function nodesOf(/** @type {RegExp} */ route) {
  const app = readFileSync(`${generated}app.js`, 'utf8');
  const line = app.split('\n').find((text) => route.test(text));
  if (!line) throw new Error(`no route matches ${route} in the built app`);
  return [0, ...(line.match(/\d+/g) ?? []).map(Number)];
}

function collect(/** @type {string} */ key, /** @type {Set<string>} */ files) {
  const chunk = manifest[key];
  if (!chunk || files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const next of chunk.imports ?? []) collect(next, files);
}

function compressedBytes(/** @type {RegExp[]} */ routes) {
  const files = /** @type {Set<string>} */ (new Set());
  const keys = Object.keys(manifest);
  const nodes = new Set(routes.flatMap(nodesOf));
  for (const key of keys) {
    const node = /nodes\/(\d+)\.js$/.exec(key);
    if (/client\/entry\.js$|client-optimized\/app\.js$/.test(key)) collect(key, files);
    if (node && nodes.has(Number(node[1]))) collect(key, files);
  }
  return [...files]
    .filter((file) => file.endsWith('.js'))
    .reduce((sum, file) => sum + gzipSync(readFileSync(client + file)).length, 0);
}

const login = compressedBytes([/"\/\(entry\)\/login"/]);
const both = compressedBytes([/"\/\(entry\)\/login"/, /"\/\(app\)\/chat/]);
console.log(
  `first load, compressed JavaScript: login ${kB(login)}, login and chat ${kB(both)} (limit ${kB(LIMIT_BYTES)})`,
);
if (both > LIMIT_BYTES) process.exitCode = 1;
if (readdirSync(client).length === 0) process.exitCode = 1;

function kB(/** @type {number} */ bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
