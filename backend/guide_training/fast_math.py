"""Element-wise functions that make training on a CPU three times as fast.

MLX's CPU `exp`, `sigmoid` and `softmax` take about 10 ns an element on one core, more than all
the matrix products of a tiny model. `exp` as a polynomial over plain additions and products,
compiled, takes 1 ns and is right to 4e-6. On a GPU the ordinary functions are used.
"""

from __future__ import annotations

import math
from typing import Any

import mlx.core as mx

_ON_CPU = not mx.metal.is_available()
# 1.5 * 2**23: adding it leaves the nearest integer in the low bits of the float's mantissa.
_ROUNDER = 12_582_912.0


def _polynomial_exp(x: mx.array) -> mx.array:
    power = mx.maximum(x * (1.0 / math.log(2.0)), -126.0)
    shifted = power + _ROUNDER
    fraction = power - (shifted - _ROUNDER)
    series = 1.3398874e-3
    for coefficient in (9.6184373e-3, 5.5503324e-2, 0.24022651, 0.69314720, 1.0):
        series = series * fraction + coefficient
    return (series.view(mx.int32) + mx.left_shift(shifted.view(mx.int32), 23)).view(mx.float32)


def exp(x: mx.array) -> mx.array:
    """Return e**x for x at most 80, without a gradient of its own."""
    return _polynomial_exp(x) if _ON_CPU else mx.exp(x)


def _gated(gate: mx.array, up: mx.array) -> mx.array:
    return gate / (1.0 + exp(mx.minimum(-gate, 60.0))) * up


def _gated_gradient(gate: mx.array, up: mx.array, cotangent: mx.array) -> tuple[mx.array, mx.array]:
    sigmoid = 1.0 / (1.0 + exp(mx.minimum(-gate, 60.0)))
    smooth = gate * sigmoid
    return cotangent * up * (sigmoid + smooth * (1.0 - sigmoid)), cotangent * smooth


# Compiled kernels are only quick over contiguous arrays of one shape, so whatever broadcasts
# (the mask, a row's maximum) stays outside of them.
_exp_compiled = mx.compile(exp)
_gated_compiled = mx.compile(_gated)
_gated_gradient_compiled = mx.compile(_gated_gradient)


@mx.custom_function
def swiglu(gate: mx.array, up: mx.array) -> mx.array:
    """Return silu(gate) * up."""
    return _gated_compiled(gate, up)


@swiglu.vjp
def _swiglu_vjp(primals: Any, cotangent: Any, _output: Any) -> Any:
    return _gated_gradient_compiled(primals[0], primals[1], mx.contiguous(cotangent))


@mx.custom_function
def softmax(scores: mx.array) -> mx.array:
    """Return the softmax over the last axis; -1e9 stands for a masked score."""
    raised = _exp_compiled(scores - scores.max(axis=-1, keepdims=True))
    return raised * (1.0 / raised.sum(axis=-1, keepdims=True))


@softmax.vjp
def _softmax_vjp(_primals: Any, cotangent: Any, output: Any) -> Any:
    weighted = output * cotangent
    return weighted - output * weighted.sum(axis=-1, keepdims=True)


@mx.custom_function
def cross_entropy(logits: mx.array, targets: mx.array) -> mx.array:
    """Return -log p(target) for each row of `logits` [rows, vocabulary]."""
    top = logits.max(axis=-1, keepdims=True)
    total = _exp_compiled(logits - top).sum(axis=-1)
    chosen = mx.take_along_axis(logits, targets[:, None], axis=-1)[:, 0]
    return mx.log(total) + top[:, 0] - chosen


@cross_entropy.vjp
def _cross_entropy_vjp(primals: Any, cotangent: Any, _output: Any) -> Any:
    logits, targets = primals
    weights = softmax(logits) * cotangent[:, None]
    rows = mx.arange(logits.shape[0])
    return weights.at[rows, targets].add(-cotangent), mx.zeros_like(targets)


_EPSILON = 1e-6


@mx.custom_function
def rms_norm(x: mx.array, weight: mx.array) -> mx.array:
    """Return x / rms(x) * weight over the last axis, with Qwen3's epsilon of 1e-6."""
    return mx.fast.rms_norm(x, weight, _EPSILON)


@rms_norm.vjp
def _rms_norm_vjp(primals: Any, cotangent: Any, _output: Any) -> Any:
    x, weight = primals
    scale = mx.rsqrt((x * x).mean(axis=-1, keepdims=True) + _EPSILON)
    normed = x * scale
    weighted = cotangent * weight
    inner = (weighted * normed).mean(axis=-1, keepdims=True)
    gradient = (cotangent * normed).reshape(-1, x.shape[-1]).sum(axis=0)
    return (weighted - normed * inner) * scale, gradient
