"""Causal attention that can be watched: torch's own, under a name of ours."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional
from transformers import AttentionInterface

NAME = "causal"
# Queries (scaled) and keys of the last pass, of the layers that are named here: see pointer.py.
WATCHED: dict[int, tuple[torch.Tensor, torch.Tensor] | None] = {}


def causal(  # noqa: PLR0913, PLR0917  (transformers' own signature)
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
    found = functional.scaled_dot_product_attention(
        query, key, value, is_causal=True, scale=scaling, enable_gqa=True
    )
    return found.transpose(1, 2), None


AttentionInterface.register(NAME, causal)
