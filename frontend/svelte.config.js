import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
const config = {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true },
  kit: {
    // The manager serves this folder and answers unknown client routes with index.html.
    adapter: adapter({
      pages: '../backend/mlx_manager/static',
      assets: '../backend/mlx_manager/static',
      fallback: 'index.html',
      strict: true,
    }),
    // One line of start-up script is written by SvelteKit itself; its hash stands in the meta tag,
    // so no other inline script can run. frame-ancestors cannot stand in a meta tag: the server sends it.
    csp: {
      mode: 'hash',
      directives: {
        'default-src': ['self'],
        'script-src': ['self'],
        'style-src': ['self', 'unsafe-inline'],
        'img-src': ['self', 'data:'],
        'connect-src': ['self'],
        'font-src': ['self'],
        'object-src': ['none'],
        'base-uri': ['self'],
        'form-action': ['self'],
      },
    },
    typescript: {
      config: (config) => {
        config.include.push('../e2e/**/*.ts', '../playwright.config.ts');
        return config;
      },
    },
    // A new bundle under a running tab: the next navigation reloads instead of failing on a missing chunk.
    version: { pollInterval: 0 },
    prerender: { handleHttpError: 'fail' },
  },
};

export default config;
