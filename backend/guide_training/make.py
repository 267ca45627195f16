"""`python -m guide_training.make`: generate, build the tokenizer, train."""

from __future__ import annotations

import argparse
import shutil
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from guide_training import tokenizer as tokenizers
from guide_training.export import WEIGHTS, average, weights
from guide_training.mix import training
from guide_training.plan import ROUNDS
from guide_training.render import text_of
from guide_training.shape import FOLDER, Shape
from guide_training.train import train

TOKENIZER_CONVERSATIONS = 12_000
TOKENIZER_SEED = 1
NO_CODE = shutil.ignore_patterns("*.py", "__pycache__")


def build_tokenizer(folder: Path) -> None:
    """Learn the tokenizer from generated conversations and write it to `folder`."""
    blank = tokenizers.build([], folder)
    chats = islice(training(TOKENIZER_SEED), TOKENIZER_CONVERSATIONS)
    tokenizers.build([text_of(blank, chat) for chat in chats], folder)


def main() -> None:
    """Make the guide from nothing but the seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the guide is written")
    parser.add_argument(
        "--from-round", type=int, default=1, help="go on with the weights in the folder"
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
            tokenizers.write_settings(work)
        for item in ROUNDS[arguments.from_round - 1 :]:
            before = weights(work / WEIGHTS) if item.mean else {}
            for plan in item.plans:
                train(tokenizers.load(work), Shape(), plan, work)
            if item.mean:
                average(work / WEIGHTS, before)
        shutil.copytree(work, folder, dirs_exist_ok=True)


if __name__ == "__main__":
    main()
