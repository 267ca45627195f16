"""32 streams that each have their own temperature, top-p, top-k and seed.

Against the same batch greedy (goal: at least 0.9), and against ``mlx_lm.server`` given the same
requests (goal: at least 3.5 times): it answers seeded requests one at a time.
"""

import statistics
import tempfile
from pathlib import Path
from typing import Any

from bench import model
from bench.pair import ours_and_theirs
from bench.prompts import chat_body
from bench.speed import interleaved, ratio, tokens_a_second

WIDTH = 32
MAX_TOKENS = 64


def run(*, quick: bool) -> None:
    """Print the table of medians and the two ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = model.make(folder / "model")
        with ours_and_theirs(folder, path) as (ours, theirs):
            found = interleaved(
                {
                    "greedy": lambda turn: tokens_a_second(
                        ours.port, bodies(path, 2 * turn, greedy=True)
                    ),
                    "own wishes": lambda turn: tokens_a_second(
                        ours.port, bodies(path, 2 * turn + 1)
                    ),
                    "mlx_lm.server": lambda turn: tokens_a_second(
                        theirs.port, bodies(path, 2 * turn + 1)
                    ),
                },
                rounds=2 if quick else 7,
            )
    print(f"| {WIDTH} streams, median | tok/s |\n|---|---|")
    print(f"| mlx-manager, all greedy | {statistics.median(found['greedy']):.0f} |")
    print(f"| mlx-manager, each its own wishes | {statistics.median(found['own wishes']):.0f} |")
    print(f"| `mlx_lm.server`, the same wishes | {statistics.median(found['mlx_lm.server']):.0f} |")
    print(f"| wishes / greedy (goal: 0.90) | {ratio(found['own wishes'], found['greedy']):.2f} |")
    beside = ratio(found["own wishes"], found["mlx_lm.server"])
    print(f"| mlx-manager / `mlx_lm.server` (goal: 3.5) | {beside:.2f} |")


def bodies(path: Path, turn: int, *, greedy: bool = False) -> list[dict[str, Any]]:
    """One request a stream, no two alike. With a top-k the end token, whose logit is the middle
    of all, is never drawn: every answer has its whole length."""
    seeds = range(turn * 1000, turn * 1000 + WIDTH)
    return [
        chat_body(str(path), seed, max_tokens=MAX_TOKENS) | ({} if greedy else wishes(seed, row))
        for row, seed in enumerate(seeds)
    ]


def wishes(seed: int, row: int) -> dict[str, Any]:
    """A row's own sampling."""
    return {
        "temperature": 0.5 + row / WIDTH,
        "top_p": 0.98 - 0.01 * (row % 20),
        "top_k": 20 + row,
        "seed": seed,
    }
