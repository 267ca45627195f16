/**
 * End-to-end tests: Debian's chromium against a real server with a fresh database and the guide
 * model. One worker and one order, since the first test makes the administrator of all the others.
 */
import { defineConfig } from '@playwright/test';

const PORT = 18181;
const baseURL = `http://127.0.0.1:${PORT}`;

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  maxFailures: process.env.CI ? 3 : 0,
  retries: 0,
  timeout: 45_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  // Without the administrator that the first run makes, nothing else can be tried.
  projects: [
    { name: 'first-run', testMatch: '1-*.spec.ts' },
    { name: 'rooms', testIgnore: '1-*.spec.ts', dependencies: ['first-run'] },
  ],
  use: {
    baseURL,
    viewport: { width: 1280, height: 800 },
    contextOptions: { reducedMotion: 'reduce' },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: `node e2e/serve.mjs ${PORT}`,
    url: `${baseURL}/health`,
    timeout: 60_000,
    gracefulShutdown: { signal: 'SIGINT', timeout: 5000 },
    stdout: 'ignore',
    stderr: 'pipe',
  },
});
