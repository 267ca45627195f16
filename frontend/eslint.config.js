// Tiers: routes > components > state > api. A file imports from its own tier and those below it;
// types may come from anywhere below or beside, since they leave no trace at run time.
import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** Forbids value imports of the named tiers by the files of one tier. */
function tier(files, forbidden, message) {
  const patterns = [{ regex: forbidden, message, allowTypeImports: true }];
  return { files, rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] } };
}

const size = (lines) => ['error', { max: lines, skipBlankLines: true, skipComments: true }];

export default ts.config(
  {
    ignores: [
      '.svelte-kit/',
      'node_modules/',
      'test-results/',
      'playwright-report/',
      'static/',
      'src/lib/api/schema.d.ts',
    ],
  },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts', '.js', '.svelte'],
      'import-x/parsers': {
        '@typescript-eslint/parser': ['.ts'],
        'svelte-eslint-parser': ['.svelte'],
      },
      'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })],
    },
    rules: {
      // svelte-check knows the types; this rule does not.
      'no-undef': 'off',
      'max-lines': size(300),
      'max-lines-per-function': size(40),
      'import-x/no-cycle': 'error',
      // A file of one class whose order of words is house style.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'SvelteMustacheTag[kind="raw"]',
          message: 'No {@html}: draw it with components, so that no reply can bring markup in.',
        },
      ],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig },
    },
  },
  { files: ['**/*.svelte'], rules: { 'max-lines': size(200) } },
  // A component draws itself: a block drawn by blocks is not a knot between modules.
  { files: ['src/lib/components/markdown/*.svelte'], rules: { 'import-x/no-cycle': 'off' } },
  tier(
    ['src/routes/**'],
    '/api/',
    'Routes compose components and ask state; only state talks to the API.',
  ),
  tier(
    ['src/lib/components/**'],
    '(/api/|/routes/)',
    'Components ask state; only state talks to the API.',
  ),
  tier(['src/lib/state/**'], '(/components/|/routes/)', 'State knows nothing of how it is shown.'),
  tier(
    ['src/lib/api/**', 'src/lib/*.ts'],
    '(/state/|/components/|/routes/)',
    'The API tier stands at the bottom.',
  ),
  {
    files: ['**/*.test.ts', 'e2e/**', 'scripts/**'],
    rules: { 'max-lines-per-function': 'off', 'no-console': 'off' },
  },
);
