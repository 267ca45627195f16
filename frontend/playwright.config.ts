/**
 * End-to-end tests: Debian's chromium against a real server with a fresh database and the guide
 * model. One worker and one order, since the first test makes the administrator of all the others.
 */
import { defineConfig } from '@playwright/test';

const PORT = Number(process.env.E2E_PORT ?? 18181);
/** Where hub.mjs puts the stand-in for the Hugging Face hub; fixtures.ts knows it too. */
const HUB_PORT = PORT + 1;
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
  reporter: [['list'], ['./e2e/digest.ts']],
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
  webServer: [
    server(`node e2e/hub.mjs ${HUB_PORT}`, `http://127.0.0.1:${HUB_PORT}/api/models`),
    server(`node e2e/serve.mjs ${PORT} ${HUB_PORT}`, `${baseURL}/health`),
  ],
});

/** A server of the tests, and where it answers once it is up. */
function server(command: string, url: string) {
  return {
    command,
    url,
    timeout: 60_000,
    gracefulShutdown: { signal: 'SIGINT' as const, timeout: 5000 },
    stdout: 'ignore' as const,
    stderr: 'pipe' as const,
  };
}
