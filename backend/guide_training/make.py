"""`python -m guide_training.make`: generate, build the tokenizer, train, score."""

from __future__ import annotations

import argparse
import shutil
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import guide_training.blas  # noqa: F401  (must come before mlx)
from guide_training import tokenizer as tokenizers
from guide_training.ask import in_process
from guide_training.held_out import cases
from guide_training.mix import training
from guide_training.render import text_of
from guide_training.score import FOLDER, report
from guide_training.shape import Shape
from guide_training.train import ROUNDS, train
from guide_training.verdict import judge

TOKENIZER_CONVERSATIONS = 12_000
TOKENIZER_SEED = 1
NO_CODE = shutil.ignore_patterns("*.py", "__pycache__")


def build_tokenizer(folder: Path) -> None:
    """Learn the tokenizer from generated conversations and write it to `folder`."""
    blank = tokenizers.build([], folder)
    chats = islice(training(TOKENIZER_SEED), TOKENIZER_CONVERSATIONS)
    tokenizers.build([text_of(blank, chat) for chat in chats], folder)


def main() -> None:
    """Make the guide from nothing but the seeds, then score it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the guide is written")
    parser.add_argument(
        "--from-round", type=int, default=1, help="continue with the weights in the folder"
    )
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    # The old guide stays in place until the new one is complete.
    with TemporaryDirectory() as name:
        work = Path(name)
        if arguments.from_round == 1:
            build_tokenizer(work)
        else:
            shutil.copytree(folder, work, dirs_exist_ok=True, ignore=NO_CODE)
        tokenizer = tokenizers.load(work)
        for plan in ROUNDS[arguments.from_round - 1 :]:
            train(tokenizer, Shape(), plan, work)
        shutil.copytree(work, folder, dirs_exist_ok=True)
    chosen = cases()
    replies = in_process(folder, chosen)
    report([judge(case, reply) for case, reply in zip(chosen, replies, strict=True)])


if __name__ == "__main__":
    main()
