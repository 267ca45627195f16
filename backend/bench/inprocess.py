"""``python -m bench.inprocess MODEL WIDTH MAX_TOKENS ROUNDS``: BatchGenerator with nothing around.

Prints tokens a second of each round as a JSON list.
"""

import json
import sys
import time
from pathlib import Path

from bench.prompts import prompt
from mlx_manager.mlx_server.engine import backend


def main() -> None:
    """Prefill and decode ``width`` prompts together, as the servers do."""
    path, width, max_tokens, rounds = Path(sys.argv[1]), *map(int, sys.argv[2:5])
    backend.prepare()
    from mlx_lm.generate import BatchGenerator  # noqa: PLC0415  (after OpenBLAS)
    from mlx_lm.utils import load  # noqa: PLC0415

    model, tokenizer = load(str(path))
    generator = BatchGenerator(
        model, completion_batch_size=32, prefill_batch_size=8, prefill_step_size=512
    )
    speeds = []
    for turn in range(rounds + 1):
        ids = [
            tokenizer.apply_chat_template(
                [{"role": "user", "content": prompt(turn * 1000 + n)}], add_generation_prompt=True
            )
            for n in range(width)
        ]
        started = time.perf_counter()
        open_rows = set(generator.insert(ids, max_tokens=[max_tokens] * width))
        while open_rows:
            _, sampled = generator.next()
            open_rows -= {row.uid for row in sampled if row.finish_reason}
        speeds.append(width * max_tokens / (time.perf_counter() - started))
    print(json.dumps(speeds[1:]))


if __name__ == "__main__":
    main()
