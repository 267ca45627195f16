"""Muon for the matrices inside the layers, AdamW for embeddings and norms.

Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/) learns the same from fewer
tokens, which is what counts on a CPU. torch has one, which computes in bfloat16 and one matrix
after another: on a CPU without instructions for that it took a third of the training's time.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

CLIP = 1.0
# Of the quintic that brings singular values near one in five steps (the page above).
_A, _B, _C = 3.4445, -4.7750, 2.0315
_STEPS = 5


class Optimizer:
    """Both optimizers with their rates scaled together."""

    def __init__(self, model: nn.Module, muon_rate: float, adam_rate: float) -> None:
        self._parameters = list(model.parameters())
        matrices, others = _split(model)
        self._muon, self._muon_rate = Muon(matrices), muon_rate
        self._adam = torch.optim.AdamW(others, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
        self._adam_rate = adam_rate

    def step(self, share: float) -> None:
        """Apply the gradients with `share` (0 to 1) of the rates, and clear them."""
        nn.utils.clip_grad_norm_(self._parameters, CLIP)
        self._muon.step(self._muon_rate * share)
        for group in self._adam.param_groups:
            group["lr"] = self._adam_rate * share
        self._adam.step()
        for parameter in self._parameters:
            parameter.grad = None


class Muon:
    """Steps of equal size in all directions of a matrix; those of one shape are taken at once."""

    def __init__(
        self, matrices: list[nn.Parameter], momentum: float = 0.95, decay: float = 0.05
    ) -> None:
        self._momentum, self._decay = momentum, decay
        alike: dict[tuple[int, ...], list[nn.Parameter]] = {}
        for matrix in matrices:
            alike.setdefault(tuple(matrix.shape), []).append(matrix)
        self._groups = [(group, torch.zeros_like(torch.stack(group))) for group in alike.values()]

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Apply the gradients, with Nesterov's momentum and decoupled weight decay."""
        for group, running in self._groups:
            gradient = torch.stack([matrix.grad for matrix in group if matrix.grad is not None])
            running.lerp_(gradient, 1 - self._momentum)
            rows, columns = running.shape[1:]
            change = orthogonal(gradient.lerp(running, self._momentum))
            scale = max(1.0, rows / columns) ** 0.5
            for matrix, part in zip(group, change, strict=True):
                matrix.mul_(1 - rate * self._decay).sub_(part, alpha=rate * scale)


def orthogonal(matrices: torch.Tensor) -> torch.Tensor:
    """Return `matrices` [count, rows, columns] with singular values near one, by Newton-Schulz."""
    if matrices.shape[1] > matrices.shape[2]:
        return orthogonal(matrices.mT).mT
    found = matrices / matrices.norm(dim=(1, 2), keepdim=True).clamp_min(1e-7)
    for _ in range(_STEPS):
        square = found @ found.mT
        polynomial = torch.baddbmm(square, square, square, beta=_B, alpha=_C)
        found = torch.baddbmm(found, polynomial, found, beta=_A)
    return found


def _split(model: nn.Module) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    def inside(name: str, parameter: nn.Parameter) -> bool:
        return parameter.ndim == 2 and "embed" not in name

    def chosen(wanted: bool) -> Iterator[nn.Parameter]:
        for name, parameter in model.named_parameters():
            if inside(name, parameter) == wanted:
                yield parameter

    return list(chosen(True)), list(chosen(False))
