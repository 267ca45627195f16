// Says why nobody answers: that the manager of the tests has ended, or what its threads were doing.
// What it says comes last in the tests' output too (digest.ts), where a long run is read first.
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const TOLD = fileURLToPath(new URL('../../.make/e2e-manager.txt', import.meta.url));
const LOOK_EVERY_MS = 5_000;
const PATIENCE_MS = 20_000;
const STACK_LINES = 8;

/** Watches a manager until it is stopped on purpose. */
export function watchOver(
  /** @type {import('node:child_process').ChildProcess} */ server,
  /** @type {string} */ health,
) {
  mkdirSync(dirname(TOLD), { recursive: true });
  rmSync(TOLD, { force: true });
  let isWatched = true;
  let hasAnswered = false;
  let lastWords = '';
  server.stderr?.on('data', (chunk) => (lastWords = (lastWords + chunk).slice(-20_000)));

  const say = (/** @type {string} */ text) => {
    console.error(text);
    appendFileSync(TOLD, `${new Date().toISOString()} ${text}\n`);
  };
  const look = async () => {
    const problem = await fetch(health, { signal: AbortSignal.timeout(PATIENCE_MS) }).then(
      () => '',
      (/** @type {Error} */ error) => `${error.message} ${error.cause ?? ''}`,
    );
    if (!isWatched) return;
    if (!problem) hasAnswered = true;
    else if (hasAnswered) {
      say(`The manager did not answer ${health}: ${problem}`);
      server.kill('SIGUSR1'); // it writes the stacks of its threads, the first thread's last
      setTimeout(() => say(lines(lastWords).slice(-STACK_LINES).join(' | ')), 1_000);
    }
    timer = setTimeout(look, LOOK_EVERY_MS);
  };
  let timer = setTimeout(look, LOOK_EVERY_MS);

  const stop = () => {
    isWatched = false;
    clearTimeout(timer);
  };
  return {
    stop,
    ended(/** @type {number | null} */ code, /** @type {string | null} */ signal) {
      if (isWatched) {
        const words = lines(lastWords);
        const fatal = words.findLastIndex((line) => line.startsWith('Fatal Python error'));
        const last = words.slice(fatal < 0 ? -STACK_LINES : fatal).slice(0, STACK_LINES);
        say(`The manager ended by itself: status ${code}, signal ${signal}; ${last.join(' | ')}`);
      }
      stop();
    },
  };
}

const lines = (/** @type {string} */ text) => text.trim().split('\n');
