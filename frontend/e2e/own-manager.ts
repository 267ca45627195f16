/** A manager of a journey's own: started, stopped and started again, with settings of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from './fixtures';
import { program } from './program.mjs';

/** Beside the manager and the hub's stand-in of all the others. */
const PORT = Number(process.env.E2E_PORT ?? 18181) + 2;
/** Where nobody listens: a port that is kept for nobody. */
const NOBODY = 'http://127.0.0.1:9';

export class OwnManager {
  static readonly url = `http://127.0.0.1:${PORT}`;
  private readonly home = mkdtempSync(join(tmpdir(), 'mlx-manager-own-'));
  private server: ChildProcess | null = null;

  /** Starts it on the database that it had, and waits until it answers. The hub is out of reach. */
  async start(settings: Record<string, string> = {}) {
    this.server = spawn(program, ['serve', '--host', '127.0.0.1', '--port', String(PORT)], {
      stdio: 'inherit',
      env: {
        ...process.env,
        MLX_MANAGER_DATABASE_PATH: join(this.home, 'mlx-manager.db'),
        MLX_MANAGER_LOG_DIR: join(this.home, 'logs'),
        MLX_MANAGER_HF_CACHE_PATH: join(this.home, 'hub'),
        MLX_MANAGER_HF_ENDPOINT: NOBODY,
        MLX_MANAGER_LOG_LEVEL: 'ERROR',
        ...settings,
      },
    });
    const answers = () =>
      fetch(`${OwnManager.url}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    await expect.poll(answers, { timeout: 60_000 }).toBe(true);
  }

  /** Stops it as Ctrl+C does, and waits until it has gone. */
  async stop() {
    const server = this.server;
    this.server = null;
    if (server === null || server.exitCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGINT');
    await gone;
  }

  async remove() {
    await this.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}
