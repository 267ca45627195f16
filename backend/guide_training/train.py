"""Training: short copying drills first, then whole conversations.

Copying appears after some hundred steps, whatever their size, so batches are small.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from transformers import PreTrainedTokenizerFast

from guide_training.batches import Batch, epoch
from guide_training.export import WEIGHTS, export
from guide_training.learner import Learner
from guide_training.mix import FIXED, Conversation, drills, training
from guide_training.plan import Plan, rate_share
from guide_training.render import Sample, sample_of, text_of
from guide_training.shape import Shape
from guide_training.workers import meet, spread


def _some(batches: Iterator[Batch], tokens: int) -> Iterator[Batch]:
    """Yield batches until they hold `tokens` tokens."""
    seen = 0
    while seen < tokens:
        batch = next(batches)
        seen += batch.tokens.size
        yield batch


def _sample(
    rng: random.Random, tokenizer: PreTrainedTokenizerFast, chat: Conversation, plan: Plan
) -> Sample:
    """Return the conversation as tokens, often with the beginning of a fixed answer only.

    Which answer it is shows in its first words; the rest is known by heart after a few times.
    """
    sample = sample_of(tokenizer, text_of(tokenizer, chat))
    if chat.last.kind in FIXED and rng.random() < plan.cut_share:
        return sample.cut(plan.cut_after)
    return sample


def _batches(
    tokenizer: PreTrainedTokenizerFast,
    chats: Iterator[Conversation],
    chunk: int,
    tokens_a_batch: int,
    plan: Plan,
) -> Iterator[Batch]:
    """Yield batches without end; within a chunk of samples, like lengths share a batch."""
    rng = random.Random(plan.seed)
    while True:
        samples = [_sample(rng, tokenizer, chat, plan) for chat in islice(chats, chunk)]
        yield from epoch(rng, samples, tokens_a_batch, plan.longest, plan.skip_share)


def schedule(tokenizer: PreTrainedTokenizerFast, plan: Plan) -> Iterator[Batch]:
    """Yield all batches of the training, in order."""
    first = _batches(tokenizer, drills(plan.seed), plan.drill_chunk, plan.tokens_a_drill, plan)
    yield from _some(first, plan.drills)
    chats = training(plan.seed, plan.shares, plan.alone)
    then = _batches(tokenizer, chats, plan.chunk, plan.tokens_a_batch, plan)
    yield from _some(then, plan.done - plan.drills)


def train(tokenizer: PreTrainedTokenizerFast, shape: Shape, plan: Plan, folder: Path) -> None:
    """Train from the weights in `folder`, if there are any, and leave the result there."""
    spread(_work, plan.workers, tokenizer, shape, plan, folder)


def _work(
    rank: int, tokenizer: PreTrainedTokenizerFast, shape: Shape, plan: Plan, folder: Path
) -> None:
    """Do the share of worker `rank`.

    What is kept are running averages of the weights, now and then on the way too: one step's
    weights lean to what its batches happened to hold.
    """
    plan = plan.of(rank)
    learner = Learner(shape, len(tokenizer), plan, folder / WEIGHTS)
    seen = meetings = 0
    started = time.monotonic()

    def keep() -> None:
        meet(learner.averaged.module.parameters())
        if rank == 0:
            export(learner.averaged.module, shape, tokenizer, folder)

    for index, batch in enumerate(schedule(tokenizer, plan), start=1):
        learner.learn(batch, rate_share(seen / plan.whole, plan.warm_up_share, plan.ebb_share))
        seen += batch.tokens.size
        if rank == 0 and index % 50 == 0:
            spent = time.monotonic() - started
            pace = f"{plan.workers * seen / spent:.0f} tokens/s {spent:.0f} s"
            print(f"{seen / plan.whole:6.1%} step {index} {learner} {pace}", flush=True)
        # Batches differ in size: a mark before the end is one that all workers come to.
        if seen >= (meetings + 1) * plan.tokens_a_meeting < plan.done:
            meetings += 1
            meet(learner.model.parameters())
            if meetings % plan.meetings_a_save == 0:
                keep()
    keep()
