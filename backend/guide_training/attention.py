"""Causal attention that can be watched: torch's own, with a way back of ours."""

from __future__ import annotations

from typing import Any

import torch
from transformers import AttentionInterface

NAME = "causal"
# How many queries are taken at once on the way back.
_BLOCK = 256
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
    with torch.autocast("cpu", enabled=False):
        found = Causal.apply(query.to(value.dtype), key.to(value.dtype), value, scaling)
    return found.transpose(1, 2), None


class Causal(torch.autograd.Function):
    """torch's flash attention; its own way back took a third of the training's time on a CPU.

    Ours is that of FlashAttention (Dao et al. 2022, https://arxiv.org/abs/2205.14135, appendix
    B.2), by blocks of queries, as products of whole matrices.
    """

    @staticmethod
    def forward(
        ctx: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float
    ) -> torch.Tensor:
        """Return what each query [rows, heads, length, size] gathers, of the same shape."""
        group = query.shape[1] // key.shape[1]
        keys, values = (item.repeat_interleave(group, 1) for item in (key, value))
        found, sums = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
            query, keys, values, 0.0, True, scale=scale
        )
        ctx.save_for_backward(query, key, value, found, sums)
        ctx.scale = scale
        return found

    @staticmethod
    def backward(ctx: Any, change: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        """Return the gradients of query, key and value, and none of the scale."""
        query, key, value, found, sums = ctx.saved_tensors
        size, length = query.shape[-1], query.shape[2]
        # Heads that share keys stand one below the other: one product serves them.
        shape = (-1, query.shape[1] // key.shape[1], length, size)
        queries, changes = query.reshape(shape), change.reshape(shape)
        keys, values = key.flatten(0, 1), value.flatten(0, 1)
        sums = sums.reshape(shape[:3])[..., None]
        common = (changes.float() * found.reshape(shape).float()).sum(-1, keepdim=True)
        to_query = torch.empty_like(queries)
        to_key, to_value = (torch.zeros(keys.shape) for _ in range(2))
        for start in range(0, length, _BLOCK):
            end = min(start + _BLOCK, length)
            part = slice(start, end)
            asked, wanted = (item[:, :, part].flatten(1, 2) for item in (queries, changes))
            scores = torch.bmm(asked, keys[:, :end].mT).float()
            scores.mul_(ctx.scale).sub_(sums[:, :, part].flatten(1, 2))
            later = torch.ones(end - start, end - start, dtype=torch.bool).triu(1)
            shares = scores.exp_().unflatten(1, (-1, end - start))
            shares[..., part].masked_fill_(later, 0)
            shares = shares.flatten(1, 2)
            to_value[:, :end] += torch.bmm(shares.to(wanted.dtype).mT, wanted)
            strayed = torch.bmm(wanted, values[:, :end].mT).float()
            strayed.sub_(common[:, :, part].flatten(1, 2)).mul_(shares).mul_(ctx.scale)
            strayed = strayed.to(asked.dtype)
            to_query[:, :, part] = torch.bmm(strayed, keys[:, :end]).view_as(to_query[:, :, part])
            to_key[:, :end] += torch.bmm(strayed.mT, asked)
        return (
            to_query.view_as(query),
            to_key.view_as(key).to(key.dtype),
            to_value.view_as(value).to(value.dtype),
            None,
        )


AttentionInterface.register(NAME, causal)
