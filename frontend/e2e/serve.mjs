// Starts the manager for the end-to-end tests, on the given port, with a database and logs of its own
// that are removed when it stops.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const port = process.argv[2] ?? '18181';
const home = mkdtempSync(join(tmpdir(), 'mlx-manager-e2e-'));
const program =
  process.env.MLX_MANAGER_BIN ??
  fileURLToPath(new URL('../../.venv/bin/mlx-manager', import.meta.url));

const server = spawn(program, ['serve', '--host', '127.0.0.1', '--port', port], {
  stdio: 'inherit',
  env: {
    ...process.env,
    MLX_MANAGER_DATABASE_PATH: join(home, 'mlx-manager.db'),
    MLX_MANAGER_LOG_DIR: join(home, 'logs'),
    MLX_MANAGER_HF_CACHE_PATH: join(home, 'hub'),
    MLX_MANAGER_OFFLINE_MODE: 'true',
  },
});

server.on('error', (problem) => {
  console.error(`The manager did not start (${problem.message}). Run "make setup build" first.`);
  process.exit(1);
});
server.on('exit', (code, signal) => {
  rmSync(home, { recursive: true, force: true });
  process.exit(signal ? 0 : (code ?? 1));
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill('SIGINT'));
