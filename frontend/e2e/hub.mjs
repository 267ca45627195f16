// Starts the stand-in for the Hugging Face hub, on the given port, with a few models of its own that
// are removed when it stops. Tests make it misbehave with POST /_hub/faults.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const port = process.argv[2] ?? '18182';
const home = mkdtempSync(join(tmpdir(), 'mlx-manager-hub-'));
const backend = fileURLToPath(new URL('../../backend', import.meta.url));
const program =
  process.env.MLX_MANAGER_BIN ??
  fileURLToPath(new URL('../../.venv/bin/mlx-manager', import.meta.url));
const python = join(dirname(program), 'python');

// Two that run (the benches' random model), one whose cache alone is larger than any memory, and one
// of an architecture that nobody has written.
const make = `
import pathlib, sys
import bench.model
from tests.fakes.model_directory import write_model
home = pathlib.Path(sys.argv[1])
for name in ("lark", "wren"):
    folder = bench.model.make(home / name)
    (folder / "README.md").write_text(f"---\\nlicense: mit\\n---\\n# {name.title()}\\n\\nA model for tests, which says one letter for ever.\\n\\n| Use | Fit |\\n| --- | --- |\\n| Tests | Good |\\n")
write_model(home / "ostrich", model_type="qwen3", num_hidden_layers=4000, num_key_value_heads=64, head_dim=256)
write_model(home / "dodo", model_type="dodo")
`;
execFileSync(python, ['-c', make, home], { cwd: backend, stdio: 'inherit' });

const models = {
  'mlx-community/Lark-15M': 'lark',
  'mlx-community/Wren-15M': 'wren',
  'mlx-community/Ostrich-400B': 'ostrich',
  'mlx-community/Dodo-1B': 'dodo',
};
const repos = Object.entries(models).map(([name, folder]) => `${name}=${join(home, folder)}`);
const hub = spawn(python, ['-m', 'tests.fakes.hub', '--port', port, ...repos], {
  cwd: backend,
  stdio: 'inherit',
});
hub.on('exit', (code, signal) => {
  rmSync(home, { recursive: true, force: true });
  process.exit(signal ? 0 : (code ?? 1));
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => hub.kill('SIGINT'));
