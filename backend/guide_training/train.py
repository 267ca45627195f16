"""Training: short copying drills first, then whole conversations, with AdamW.

Copying appears after some hundred steps, whatever their size, so batches are small.
"""

from __future__ import annotations

import math
import os
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import mlx.core as mx
from mlx import optimizers
from mlx.utils import tree_map_with_path
from mlx_lm.models.qwen3 import Model, ModelArgs
from transformers import PreTrainedTokenizerFast

import guide_training.blas  # noqa: F401  (must come before mlx)
from guide_training.batches import Batch, epoch
from guide_training.export import WEIGHTS, export, restored
from guide_training.fast_math import ON_CPU
from guide_training.forward import Tree
from guide_training.gradient import Gradients
from guide_training.mix import Conversation, drills, training
from guide_training.render import Sample, sample_of, text_of
from guide_training.shape import Shape


@dataclass(frozen=True)
class Plan:
    """How long and how to train in one round."""

    drills: int = 12_000
    conversations: int = 20_000
    drill_chunk: int = 500
    chunk: int = 4_000
    tokens_a_drill: int = 768
    tokens_a_batch: int = 2_048
    skip_share: float = 0.15
    longest: int = 1_024
    peak_rate: float = 2e-3
    warm_up_share: float = 0.02
    seed: int = 7
    save_seconds: float = 240.0


# Later rounds continue with fresh conversations at lower rates.
ROUNDS = (
    Plan(),
    Plan(drills=0, conversations=24_000, seed=8, peak_rate=1.5e-3),
    Plan(drills=0, conversations=20_000, seed=9, peak_rate=1.5e-3),
    Plan(drills=0, conversations=24_000, seed=10, peak_rate=1.5e-3),
)


def threads() -> int:
    """Return how many threads compute gradients: two on a CPU with two cores, one on a GPU."""
    return min(2, os.cpu_count() or 1) if ON_CPU else 1


def initial(shape: Shape, vocabulary: int, seed: int) -> Tree:
    """Return a fresh parameter tree; layers that add to the residual stream start smaller."""
    mx.random.seed(seed)
    parameters = Model(ModelArgs.from_dict(shape.config(vocabulary, 0, 0))).parameters()
    deviation = 0.05

    def fill(path: str, value: mx.array) -> mx.array:
        if value.ndim < 2:
            return value
        adds = "o_proj" in path or "down_proj" in path
        scale = deviation / math.sqrt(2 * shape.num_hidden_layers) if adds else deviation
        return mx.random.normal(value.shape) * scale

    filled: Tree = tree_map_with_path(fill, parameters)
    return filled


def rate_share(progress: float, warm_up_share: float) -> float:
    """Return the share of the peak rate when `progress` (0 to 1) of the training is done."""
    if progress < warm_up_share:
        return (progress + 1e-3) / warm_up_share
    done = min((progress - warm_up_share) / (1 - warm_up_share), 1.0)
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done))


class Trainer:
    """Owns the parameters and the optimizer's state."""

    def __init__(self, parameters: Tree, shape: Shape, plan: Plan) -> None:
        self.plan = plan
        self.parameters = parameters
        mx.eval(self.parameters)  # other threads cannot evaluate what this one left undone
        self._optimizer = optimizers.AdamW(plan.peak_rate, betas=[0.9, 0.98], weight_decay=0.01)
        self._gradients = Gradients(shape, threads())
        self.seen = 0

    def step(self, batch: Batch, progress: float) -> float:
        """Learn from `batch`, return its loss."""
        loss, gradient = self._gradients(self.parameters, batch)
        gradient, _ = optimizers.clip_grad_norm(gradient, 1.0)
        share = rate_share(progress, self.plan.warm_up_share)
        self._optimizer.learning_rate = self.plan.peak_rate * share
        self.parameters = self._optimizer.apply_gradients(gradient, self.parameters)
        mx.eval(self.parameters, self._optimizer.state)
        self.seen += batch.tokens.size
        return loss


def _samples(
    tokenizer: PreTrainedTokenizerFast, chats: Iterable[Conversation], chunk: int
) -> list[list[Sample]]:
    """Return rendered samples in chunks; within a chunk, like lengths share a batch."""
    samples = [sample_of(tokenizer, text_of(tokenizer, chat)) for chat in chats]
    return [samples[at : at + chunk] for at in range(0, len(samples), chunk)]


def _schedule(tokenizer: PreTrainedTokenizerFast, plan: Plan) -> list[Batch]:
    """Return all batches of the training, in order."""
    rng = random.Random(plan.seed)
    batches: list[Batch] = []
    for chunk in _samples(tokenizer, islice(drills(plan.seed), plan.drills), plan.drill_chunk):
        batches += epoch(rng, chunk, plan.tokens_a_drill, plan.longest, 0.0)
    for chunk in _samples(tokenizer, islice(training(plan.seed), plan.conversations), plan.chunk):
        batches += epoch(rng, chunk, plan.tokens_a_batch, plan.longest, plan.skip_share)
    return batches


def train(tokenizer: PreTrainedTokenizerFast, shape: Shape, plan: Plan, folder: Path) -> None:
    """Train one round, from the weights in `folder` if there are any, and leave the result there.

    The weights are also saved now and then on the way.
    """
    batches = _schedule(tokenizer, plan)
    total = sum(batch.tokens.size for batch in batches)
    print(f"{len(batches)} steps, {total / 1e6:.1f}M tokens", flush=True)
    weights = folder / WEIGHTS
    start = restored(weights) if weights.exists() else initial(shape, len(tokenizer), plan.seed)
    trainer = Trainer(start, shape, plan)
    started = saved = time.monotonic()
    recent = 0.0
    for index, batch in enumerate(batches, start=1):
        loss = trainer.step(batch, trainer.seen / total)
        recent = loss if index == 1 else 0.95 * recent + 0.05 * loss
        spent = time.monotonic() - started
        if index % 50 == 0:
            print(
                f"{trainer.seen / total:6.1%} step {index} loss {recent:.4f}"
                f" {trainer.seen / spent:.0f} tokens/s {spent:.0f} s",
                flush=True,
            )
        if time.monotonic() - saved > plan.save_seconds:
            export(trainer.parameters, shape, tokenizer, folder)
            saved = time.monotonic()
    export(trainer.parameters, shape, tokenizer, folder)
