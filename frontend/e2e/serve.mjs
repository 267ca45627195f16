// Starts the manager for the end-to-end tests, on the given port, with a database and logs of its own
// that are removed when it stops.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from './program.mjs';
import { watchOver } from './watch.mjs';

const port = process.argv[2] ?? '18181';
// The stand-in that hub.mjs starts.
const hub = process.argv[3] ?? '18182';
const home = mkdtempSync(join(tmpdir(), 'mlx-manager-e2e-'));

addEndlessModel(join(home, 'hub'));

const server = spawn(program, ['serve', '--host', '127.0.0.1', '--port', port], {
  stdio: ['inherit', 'inherit', 'pipe'],
  env: {
    ...process.env,
    MLX_MANAGER_DATABASE_PATH: join(home, 'mlx-manager.db'),
    MLX_MANAGER_LOG_DIR: join(home, 'logs'),
    MLX_MANAGER_HF_CACHE_PATH: join(home, 'hub'),
    MLX_MANAGER_HF_ENDPOINT: `http://127.0.0.1:${hub}`,
    PYTHONFAULTHANDLER: '1',
    MLX_MANAGER_LOG_LEVEL: process.env.MLX_MANAGER_LOG_LEVEL ?? 'WARNING',
  },
});

server.on('error', (problem) => {
  console.error(`The manager did not start (${problem.message}). Run "make setup build" first.`);
  process.exit(1);
});
server.stderr.pipe(process.stderr);
const watch = watchOver(server, `http://127.0.0.1:${port}/health`);

server.on('exit', (code, signal) => {
  watch.ended(code, signal);
  rmSync(home, { recursive: true, force: true });
  process.exit(signal ? 0 : (code ?? 1));
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    watch.stop();
    server.kill('SIGINT');
  });
}

/**
 * Puts "e2e/endless" into the hub's cache: the benches' random model, which says one letter for ever,
 * so that there is always time to reload, stop or scroll in mid-stream.
 */
function addEndlessModel(/** @type {string} */ hub) {
  const model = join(hub, 'models--e2e--endless');
  const snapshot = join(model, 'snapshots', '1');
  mkdirSync(join(model, 'refs'), { recursive: true });
  writeFileSync(join(model, 'refs', 'main'), '1');
  const make = 'import sys, pathlib, bench.model; bench.model.make(pathlib.Path(sys.argv[1]))';
  execFileSync(join(dirname(program), 'python'), ['-c', make, snapshot], {
    cwd: fileURLToPath(new URL('../../backend', import.meta.url)),
    stdio: 'inherit',
  });
}
