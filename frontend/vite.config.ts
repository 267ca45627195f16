import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';

// The Host header stays the page's own: the manager refuses requests whose Origin is another host.
const manager = {
  target: process.env.MLX_MANAGER_URL ?? 'http://127.0.0.1:8080',
  changeOrigin: false,
};

export default defineConfig({
  plugins: [tailwindcss(), sveltekit()],
  server: { proxy: { '/api': manager, '/v1': manager, '/health': manager } },
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
    env: { TZ: 'UTC' },
    setupFiles: ['src/lib/testing/setup.ts'],
  },
  // Runes compile to client code only under the browser condition.
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
});
