// Starts the stand-in for the Hugging Face hub, on the given port, with a few models of its own that
// are removed when it stops. Tests make it misbehave with POST /_hub/faults.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from './program.mjs';

const port = process.argv[2] ?? '18182';
const home = mkdtempSync(join(tmpdir(), 'mlx-manager-hub-'));
const backend = fileURLToPath(new URL('../../backend', import.meta.url));
const python = join(dirname(program), 'python');

// Two that run (the benches' random model), one that claims to be larger than any memory, one of an
// architecture that nobody has written, and one whose weights are not those of its config.json.
const make = `
import json, pathlib, sys
import bench.model
from tests.fakes.model_directory import write_model
home = pathlib.Path(sys.argv[1])
for name in ("lark", "wren"):
    folder = bench.model.make(home / name)
    (folder / "README.md").write_text(f"---\\nlicense: mit\\n---\\n# {name.title()}\\n\\nA model for tests, which says one letter for ever.\\n\\n| Use | Fit |\\n| --- | --- |\\n| Tests | Good |\\n")
(bench.model.make(home / "cuckoo") / "config.json").write_text(json.dumps({**bench.model.CONFIG, "num_hidden_layers": 8}))
write_model(home / "ostrich", model_type="qwen3", quantization={"bits": 4, "group_size": 64})
write_model(home / "dodo", model_type="dodo")
`;
execFileSync(python, ['-c', make, home], { cwd: backend, stdio: 'inherit' });

// The last number is what a repository claims to hold, where that is not what is in its folder.
const models = [
  ['mlx-community/Lark-15M', 'lark'],
  ['mlx-community/Wren-15M', 'wren'],
  ['mlx-community/Ostrich-400B', 'ostrich', 220_000_000_000],
  ['mlx-community/Dodo-1B', 'dodo'],
  ['mlx-community/Cuckoo-15M', 'cuckoo'],
  // Three to start with, as set-up offers them: small, balanced, large.
  ['mlx-community/Finch-1B-Instruct-4bit', 'lark', 900_000_000],
  ['mlx-community/Heron-4B-Instruct-4bit', 'lark', 2_400_000_000],
  ['mlx-community/Stork-8B-Instruct-4bit', 'lark', 5_000_000_000],
];
const repos = models.map(([name, folder, claim]) =>
  [name, join(home, String(folder)), claim].filter(Boolean).join('='),
);
const hub = spawn(python, ['-m', 'tests.fakes.hub', '--port', port, ...repos], {
  cwd: backend,
  stdio: 'inherit',
});
hub.on('exit', (code, signal) => {
  rmSync(home, { recursive: true, force: true });
  process.exit(signal ? 0 : (code ?? 1));
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => hub.kill('SIGTERM'));
