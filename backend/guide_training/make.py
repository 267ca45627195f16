"""`python -m guide_training.make`: generate, build the tokenizer, train, score."""

from __future__ import annotations

import argparse
from itertools import islice
from pathlib import Path

import guide_training.blas  # noqa: F401  (must come before mlx)
from guide_training import tokenizer as tokenizers
from guide_training.mix import training
from guide_training.render import text_of
from guide_training.shape import Shape
from guide_training.train import Plan, train

FOLDER = Path(__file__).parents[1] / "mlx_manager" / "guide"
TOKENIZER_CONVERSATIONS = 12_000
TOKENIZER_SEED = 1


def build_tokenizer(folder: Path) -> None:
    """Learn the tokenizer from generated conversations and write it to `folder`."""
    blank = tokenizers.build([], folder)
    chats = islice(training(TOKENIZER_SEED), TOKENIZER_CONVERSATIONS)
    tokenizers.build([text_of(blank, chat) for chat in chats], folder)


def main() -> None:
    """Make the guide from nothing but the seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--conversations", type=int, default=Plan.conversations)
    parser.add_argument("--drills", type=int, default=Plan.drills)
    arguments = parser.parse_args()
    build_tokenizer(arguments.folder)
    plan = Plan(conversations=arguments.conversations, drills=arguments.drills)
    train(tokenizers.load(arguments.folder), Shape(), plan, arguments.folder)


if __name__ == "__main__":
    main()
