"""Muon for the matrices inside the layers, AdamW for embeddings and norms.

Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/) learns the same from fewer
tokens, which is what counts on a CPU.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

CLIP = 1.0


class Optimizer:
    """Both optimizers with their rates scaled together."""

    def __init__(self, model: nn.Module, muon_rate: float, adam_rate: float) -> None:
        self._parameters = list(model.parameters())
        matrices, others = _split(model)
        self._parts: list[tuple[torch.optim.Optimizer, float]] = [
            (torch.optim.Muon(matrices, lr=muon_rate, weight_decay=0.05), muon_rate),
            (
                torch.optim.AdamW(
                    others, lr=adam_rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True
                ),
                adam_rate,
            ),
        ]

    def step(self, share: float) -> None:
        """Apply the gradients with `share` (0 to 1) of the rates, and clear them."""
        nn.utils.clip_grad_norm_(self._parameters, CLIP)
        for part, rate in self._parts:
            for group in part.param_groups:
                group["lr"] = rate * share
            part.step()
            part.zero_grad()


def _split(model: nn.Module) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    def inside(name: str, parameter: nn.Parameter) -> bool:
        return parameter.ndim == 2 and "embed" not in name

    def chosen(wanted: bool) -> Iterator[nn.Parameter]:
        for name, parameter in model.named_parameters():
            if inside(name, parameter) == wanted:
                yield parameter

    return list(chosen(True)), list(chosen(False))
