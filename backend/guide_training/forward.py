"""The forward pass used in training: mlx-lm's Qwen3, with free positions and fast functions.

It reads the parameter tree of `mlx_lm.models.qwen3.Model`, and a test holds the two to the same
logits. Positions are given for each token, so that training can place a question thousands of
positions after its system prompt without paying for the tokens in between (the idea of
"positional skip-wise training", Zhu et al. 2023).
"""

from __future__ import annotations

from typing import Any

import mlx.core as mx

from guide_training.fast_math import cross_entropy, rms_norm, softmax, swiglu
from guide_training.shape import Shape

Tree = dict[str, Any]


def rotation(positions: mx.array, shape: Shape) -> tuple[mx.array, mx.array]:
    """Return cosine and sine [rows, 1, length, head_dim / 2] for `positions` [rows, length]."""
    half = shape.head_dim // 2
    frequencies = shape.rope_theta ** (-mx.arange(half, dtype=mx.float32) / half)
    angles = positions[:, None, :, None].astype(mx.float32) * frequencies
    return mx.cos(angles), mx.sin(angles)


def _rotate(heads: mx.array, cosine: mx.array, sine: mx.array) -> mx.array:
    half = heads.shape[-1] // 2
    first, second = heads[..., :half], heads[..., half:]
    return mx.concatenate([first * cosine - second * sine, second * cosine + first * sine], axis=-1)


def _attention(
    layer: Tree, x: mx.array, turn: tuple[mx.array, mx.array], mask: mx.array, shape: Shape
) -> mx.array:
    rows, length, _ = x.shape
    groups = shape.num_attention_heads // shape.num_key_value_heads

    def heads(name: str, count: int) -> mx.array:
        split: mx.array = (x @ layer[f"{name}_proj"]["weight"].T).reshape(
            rows, length, count, shape.head_dim
        )
        return split

    queries = rms_norm(heads("q", shape.num_attention_heads), layer["q_norm"]["weight"])
    keys = rms_norm(heads("k", shape.num_key_value_heads), layer["k_norm"]["weight"])
    values = heads("v", shape.num_key_value_heads).transpose(0, 2, 1, 3)
    queries = _rotate(queries.transpose(0, 2, 1, 3), *turn) * shape.head_dim**-0.5
    keys = _rotate(keys.transpose(0, 2, 1, 3), *turn)
    # The query heads of one group lie below each other, so keys need not be repeated.
    stacked = queries.reshape(rows, shape.num_key_value_heads, groups * length, shape.head_dim)
    weights = softmax(stacked @ keys.swapaxes(-1, -2) + mask)
    mixed = (weights @ values).reshape(rows, -1, length, shape.head_dim)
    flat = mixed.transpose(0, 2, 1, 3).reshape(rows, length, -1)
    projected: mx.array = flat @ layer["o_proj"]["weight"].T
    return projected


def hidden_states(
    parameters: Tree, tokens: mx.array, positions: mx.array, shape: Shape
) -> mx.array:
    """Return the normed last hidden states [rows, length, hidden] for `tokens` [rows, length]."""
    model = parameters["model"]
    turn = rotation(positions, shape)
    length = tokens.shape[1]
    groups = shape.num_attention_heads // shape.num_key_value_heads
    mask = mx.tile(mx.triu(mx.full((length, length), -1e9), k=1), (groups, 1))
    x = model["embed_tokens"]["weight"][tokens]
    for layer in model["layers"]:
        normed = rms_norm(x, layer["input_layernorm"]["weight"])
        x = x + _attention(layer["self_attn"], normed, turn, mask, shape)
        normed = rms_norm(x, layer["post_attention_layernorm"]["weight"])
        mlp = layer["mlp"]
        gated = swiglu(normed @ mlp["gate_proj"]["weight"].T, normed @ mlp["up_proj"]["weight"].T)
        x = x + gated @ mlp["down_proj"]["weight"].T
    return rms_norm(x, model["norm"]["weight"])


def loss(  # noqa: PLR0913, PLR0917  (one batch is five arrays)
    parameters: Tree,
    tokens: mx.array,
    positions: mx.array,
    chosen: mx.array,
    weights: mx.array,
    shape: Shape,
) -> mx.array:
    """Return the weighted cross entropy of the next token at the flat indexes `chosen`.

    `tokens` and `positions` are [rows, length + 1]; `chosen` indexes the flattened
    [rows, length] inputs and `weights` belong to it.
    """
    states = hidden_states(parameters, tokens[:, :-1], positions[:, :-1], shape)
    picked = states.reshape(-1, states.shape[-1])[chosen]
    logits = picked @ parameters["model"]["embed_tokens"]["weight"].T
    losses = cross_entropy(logits, tokens[:, 1:].reshape(-1)[chosen])
    return (losses * weights).sum()
