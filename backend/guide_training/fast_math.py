"""Element-wise functions that make training on a CPU three times as fast.

MLX's CPU `exp`, `sigmoid` and `softmax` take about 10 ns an element on one core, more than all
the matrix products of a tiny model. `exp` as a polynomial over plain additions and products takes
4 ns and is right to 4e-6. On a GPU the ordinary functions are used.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

import mlx.core as mx

ON_CPU = mx.default_device() == mx.Device(mx.cpu)
# 1.5 * 2**23: adding it leaves the nearest integer in the low bits of the float's mantissa.
_ROUNDER = 12_582_912.0


def _polynomial_exp(x: mx.array) -> mx.array:
    power = mx.maximum(x * (1.0 / math.log(2.0)), -126.0)
    shifted = power + _ROUNDER
    fraction = power - (shifted - _ROUNDER)
    series = 1.3398874e-3 * fraction + 9.6184373e-3
    for coefficient in (5.5503324e-2, 0.24022651, 0.69314720, 1.0):
        series = series * fraction + coefficient
    return (series.view(mx.int32) + mx.left_shift(shifted.view(mx.int32), 23)).view(mx.float32)


def exp(x: mx.array) -> mx.array:
    """Return e**x for x at most 80, without a gradient of its own."""
    return _polynomial_exp(x) if ON_CPU else mx.exp(x)


def _gated(gate: mx.array, up: mx.array) -> mx.array:
    return gate / (1.0 + exp(mx.minimum(-gate, 60.0))) * up


def _gated_gradient(gate: mx.array, up: mx.array, cotangent: mx.array) -> tuple[mx.array, mx.array]:
    sigmoid = 1.0 / (1.0 + exp(mx.minimum(-gate, 60.0)))
    smooth = gate * sigmoid
    return cotangent * up * (sigmoid + smooth * (1.0 - sigmoid)), cotangent * smooth


@mx.custom_function
def _swiglu(gate: mx.array, up: mx.array) -> mx.array:
    """Return silu(gate) * up."""
    return _gated(gate, up)


@_swiglu.vjp
def _swiglu_vjp(primals: Any, cotangent: Any, _output: Any) -> Any:
    return _gated_gradient(primals[0], primals[1], cotangent)


@mx.custom_function
def _softmax(scores: mx.array) -> mx.array:
    """Return the softmax over the last axis; -1e9 stands for a masked score."""
    raised = exp(scores - scores.max(axis=-1, keepdims=True))
    return raised * (1.0 / raised.sum(axis=-1, keepdims=True))


@_softmax.vjp
def _softmax_vjp(_primals: Any, cotangent: Any, output: Any) -> Any:
    weighted = output * cotangent
    return weighted - output * weighted.sum(axis=-1, keepdims=True)


@mx.custom_function
def _cross_entropy(logits: mx.array, targets: mx.array) -> mx.array:
    """Return -log p(target) for each row of `logits` [rows, vocabulary]."""
    top = logits.max(axis=-1, keepdims=True)
    total = exp(logits - top).sum(axis=-1)
    chosen = mx.take_along_axis(logits, targets[:, None], axis=-1)[:, 0]
    return mx.log(total) + top[:, 0] - chosen


@_cross_entropy.vjp
def _cross_entropy_vjp(primals: Any, cotangent: Any, _output: Any) -> Any:
    logits, targets = primals
    weights = _softmax(logits) * cotangent[:, None]
    rows = mx.arange(logits.shape[0])
    return weights.at[rows, targets].add(-cotangent), mx.zeros_like(targets)


_EPSILON = 1e-6


@mx.custom_function
def _rms_norm(x: mx.array, weight: mx.array) -> mx.array:
    """Return x / rms(x) * weight over the last axis, with Qwen3's epsilon of 1e-6."""
    return mx.fast.rms_norm(x, weight, _EPSILON)


@_rms_norm.vjp
def _rms_norm_vjp(primals: Any, cotangent: Any, _output: Any) -> Any:
    x, weight = primals
    scale = mx.rsqrt((x * x).mean(axis=-1, keepdims=True) + _EPSILON)
    normed = x * scale
    weighted = cotangent * weight
    inner = (weighted * normed).mean(axis=-1, keepdims=True)
    gradient = (cotangent * normed).reshape(-1, x.shape[-1]).sum(axis=0)
    return (weighted - normed * inner) * scale, gradient


# `mx.custom_function` loses the types, so the public names state them again.
_Function = Callable[..., mx.array]
swiglu: _Function = cast(_Function, _swiglu)
softmax: _Function = cast(_Function, _softmax)
cross_entropy: _Function = cast(_Function, _cross_entropy)
rms_norm: _Function = cast(_Function, _rms_norm)
