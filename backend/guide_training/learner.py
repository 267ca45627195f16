"""The model while it learns: one step after another, their running average, and how it goes."""

from __future__ import annotations

from pathlib import Path

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from guide_training.batches import Batch
from guide_training.export import restore
from guide_training.network import faster, loss, network
from guide_training.optimizer import Optimizer
from guide_training.plan import Plan
from guide_training.pointer import HEADS
from guide_training.shape import Shape


class Learner:
    """A model, from the weights in the file `start` where there is one, and what trains it."""

    def __init__(self, shape: Shape, vocabulary: int, plan: Plan, start: Path) -> None:
        torch.set_flush_denormal(True)
        self._narrow = faster(torch.bfloat16, torch.float32)
        self.model = network(shape, vocabulary, plan.seed)
        if start.exists():
            restore(self.model, start)
        self.averaged = AveragedModel(self.model, multi_avg_fn=get_ema_multi_avg_fn(plan.averaged))
        self._optimizer = Optimizer(self.model, plan.muon_rate, plan.adam_rate)
        self._weight = plan.pointer_weight
        self._recent: float | None = None
        self._astray = torch.zeros(len(HEADS))

    def learn(self, batch: Batch, share: float) -> None:
        """Take one step with `share` (0 to 1) of the rates."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self._narrow):
            lost, strayed = loss(self.model, batch)
        torch.autograd.backward(lost + self._weight * strayed.sum())
        with torch.autocast("cpu", torch.bfloat16, enabled=self._narrow):
            self._optimizer.step(share)
        self.averaged.update_parameters(self.model)
        told = strayed.detach()
        self._astray = torch.where(told > 0, 0.95 * self._astray + 0.05 * told, self._astray)
        now = lost.item()
        self._recent = now if self._recent is None else 0.95 * self._recent + 0.05 * now

    def __str__(self) -> str:
        looks = " ".join(f"{head:.3f}" for head in self._astray)
        return f"loss {self._recent or 0.0:.4f} looks {looks}"
