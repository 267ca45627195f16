"""Training: short copying drills first, then whole conversations.

Copying appears after some hundred steps, whatever their size, so batches are small.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import PreTrainedTokenizerFast

from guide_training.batches import Batch, epoch
from guide_training.export import WEIGHTS, export, restore
from guide_training.mix import FIXED, Conversation, drills, training
from guide_training.network import faster, loss, network
from guide_training.optimizer import Optimizer
from guide_training.plan import Plan, rate_share
from guide_training.pointer import HEADS
from guide_training.render import Sample, sample_of, text_of
from guide_training.shape import Shape


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
    yield from _some(then, plan.conversations)


def train(tokenizer: PreTrainedTokenizerFast, shape: Shape, plan: Plan, folder: Path) -> None:
    """Train from the weights in `folder`, if there are any, and leave the result there.

    What is kept are running averages of the weights, now and then on the way too: one step's
    weights lean to what its batches happened to hold.
    """
    torch.set_flush_denormal(True)
    narrow = faster(torch.bfloat16, torch.float32)
    model = network(shape, len(tokenizer), plan.seed)
    if (folder / WEIGHTS).exists():
        restore(model, folder / WEIGHTS)
    averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(plan.averaged))
    optimizer = Optimizer(model, plan.muon_rate, plan.adam_rate)
    total = plan.drills + plan.conversations
    started = saved = time.monotonic()
    seen, recent, astray = 0, 0.0, torch.zeros(len(HEADS))
    for index, batch in enumerate(schedule(tokenizer, plan), start=1):
        with torch.autocast("cpu", torch.bfloat16, enabled=narrow):
            lost, strayed = loss(model, batch)
        torch.autograd.backward(lost + plan.pointer_weight * strayed.sum())
        with torch.autocast("cpu", torch.bfloat16, enabled=narrow):
            optimizer.step(rate_share(seen / total, plan.warm_up_share, plan.ebb_share))
        averaged.update_parameters(model)
        seen += batch.tokens.size
        told = strayed.detach()
        astray = torch.where(told > 0, 0.95 * astray + 0.05 * told, astray)
        recent = lost.item() if index == 1 else 0.95 * recent + 0.05 * lost.item()
        spent = time.monotonic() - started
        if index % 50 == 0:
            print(
                f"{seen / total:6.1%} step {index} loss {recent:.4f} looks"
                f" {' '.join(f'{head:.3f}' for head in astray)}"
                f" {seen / spent:.0f} tokens/s {spent:.0f} s",
                flush=True,
            )
        if time.monotonic() - saved > plan.save_seconds:
            export(averaged.module, shape, tokenizer, folder)
            saved = time.monotonic()
    export(averaged.module, shape, tokenizer, folder)
