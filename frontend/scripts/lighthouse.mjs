// Lighthouse's accessibility and best practices of login, chat and models, of a running manager:
//   node scripts/lighthouse.mjs http://127.0.0.1:8080 E-MAIL PASSWORD
// Lighthouse is no package of this repository; LIGHTHOUSE names its program (npx -y lighthouse
// otherwise). Fails below the scores that are promised.
import { chromium } from '@playwright/test';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const [origin = 'http://127.0.0.1:8080', email, password] = process.argv.slice(2);
const LEAST = { accessibility: 100, 'best-practices': 95 };
const DEBUGGING_PORT = 9333;
const home = mkdtempSync(join(tmpdir(), 'mlx-manager-lighthouse-'));

const browser = await chromium.launchPersistentContext(join(home, 'profile'), {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', `--remote-debugging-port=${DEBUGGING_PORT}`],
});
try {
  await measure('/login');
  if (email && password) {
    await logIn(email, password);
    await measure('/chat');
    await measure('/models');
  }
} finally {
  await browser.close();
  rmSync(home, { recursive: true, force: true });
}

/** The token stays in the browser, whose other tabs Lighthouse uses. */
async function logIn(/** @type {string} */ user, /** @type {string} */ secret) {
  const page = await browser.newPage();
  await page.goto(`${origin}/login`);
  await page.getByLabel('E-mail address').fill(user);
  await page.getByLabel('Password').fill(secret);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL('**/chat');
  await page.close();
}

// Not waited for in one piece: the browser's other end lives in this process.
async function measure(/** @type {string} */ path) {
  const [program = 'npx', ...first] = process.env.LIGHTHOUSE
    ? [process.env.LIGHTHOUSE]
    : ['npx', '-y', 'lighthouse'];
  const file = join(home, 'report.json');
  const options = [
    `--port=${DEBUGGING_PORT}`,
    `--only-categories=${Object.keys(LEAST).join(',')}`,
    '--disable-storage-reset',
    '--output=json',
    `--output-path=${file}`,
    '--quiet',
  ];
  await promisify(execFile)(program, [...first, `${origin}${path}`, ...options]);
  const report = JSON.parse(readFileSync(file, 'utf8'));
  for (const [name, least] of Object.entries(LEAST)) {
    const { score, auditRefs } = report.categories[name];
    const points = Math.round(score * 100);
    console.log(`${path} ${name}: ${points}`);
    if (points < least) process.exitCode = 1;
    for (const { id, weight } of auditRefs) {
      const audit = report.audits[id];
      if (weight > 0 && audit.score !== null && audit.score < 1) console.log(`  ${audit.title}`);
    }
  }
}
