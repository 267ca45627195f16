// Writes src/lib/api/schema.d.ts from the manager's OpenAPI document.
// OPENAPI_JSON names the document; the default is where `make types` puts it.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const document =
  process.env.OPENAPI_JSON ?? fileURLToPath(new URL('../../backend/openapi.json', import.meta.url));
if (!existsSync(document)) {
  console.error(
    `No OpenAPI document at ${document}. Run "make types", or set OPENAPI_JSON to its path.`,
  );
  process.exit(1);
}
// A field with a default may be left out of a request.
const target = process.env.SCHEMA_OUT ?? 'src/lib/api/schema.d.ts';
execFileSync(
  process.execPath,
  [
    'node_modules/openapi-typescript/bin/cli.js',
    document,
    '-o',
    target,
    '--default-non-nullable',
    'false',
  ],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
