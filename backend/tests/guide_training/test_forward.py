"""Training's own arithmetic agrees with MLX's and with mlx-lm's model."""

import random

import mlx.core as mx
import numpy as np
import pytest
from mlx import nn
from mlx.utils import tree_flatten
from mlx_lm.models.qwen3 import Model, ModelArgs

import guide_training.blas  # noqa: F401  (must come before mlx)
from guide_training.batches import Batch, pack
from guide_training.fast_math import cross_entropy, rms_norm, softmax, swiglu
from guide_training.forward import hidden_states
from guide_training.gradient import Gradients
from guide_training.render import Sample
from guide_training.shape import Shape
from guide_training.train import initial, rate_share

SMALL = Shape(
    hidden_size=32,
    num_hidden_layers=2,
    intermediate_size=48,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=8,
)


def close(left: mx.array, right: mx.array, tolerance: float = 2e-5) -> bool:
    return bool(np.allclose(np.array(left), np.array(right), rtol=tolerance, atol=tolerance))


def test_logits_are_those_of_mlx_lm() -> None:
    model = Model(ModelArgs.from_dict(SMALL.config(50, 0, 0)))
    model.update(initial(SMALL, 50, seed=1))
    tokens = mx.array([[3, 1, 4, 1, 5, 9, 2, 6], [2, 7, 1, 8, 2, 8, 1, 8]])
    positions = mx.broadcast_to(mx.arange(8), (2, 8))
    states = hidden_states(model.parameters(), tokens, positions, SMALL)
    assert close(states @ model.model.embed_tokens.weight.T, model(tokens))


@pytest.mark.parametrize("scale", [0.1, 3.0, 30.0])
def test_fast_functions_and_their_gradients_are_right(scale: float) -> None:
    mx.random.seed(2)
    x, y = mx.random.normal((6, 16)) * scale, mx.random.normal((6, 16))
    targets, weight = mx.array([0, 3, 15, 7, 7, 1]), mx.random.normal((16,))
    pairs = [
        (lambda a: (swiglu(a, y) * y).sum(), lambda a: (nn.silu(a) * y * y).sum()),
        (lambda a: (softmax(a) * y).sum(), lambda a: (mx.softmax(a, axis=-1) * y).sum()),
        (
            lambda a: cross_entropy(a, targets).sum(),
            lambda a: nn.losses.cross_entropy(a, targets).sum(),
        ),
        (
            lambda a: (rms_norm(a, weight) * y).sum(),
            lambda a: (mx.fast.rms_norm(a, weight, 1e-6) * y).sum(),
        ),
    ]
    for ours, theirs in pairs:
        assert close(ours(x), theirs(x), 1e-3)
        assert close(mx.grad(ours)(x), mx.grad(theirs)(x), 1e-3)


def batch() -> Batch:
    rng = np.random.default_rng(5)
    tokens = rng.integers(0, 50, (5, 9)).astype(np.int32)
    positions = np.broadcast_to(np.arange(9, dtype=np.int32), (5, 9)).copy()
    chosen = np.array([1, 9, 17, 25, 33, 39], np.int32)
    return Batch(tokens, positions, chosen, np.ones(6, np.float32))


def test_two_threads_find_the_gradient_that_one_finds() -> None:
    parameters = initial(SMALL, 50, seed=3)
    mx.eval(parameters)
    one = Gradients(SMALL, 1)(parameters, batch())
    two = Gradients(SMALL, 2)(parameters, batch())
    assert one[0] == pytest.approx(two[0], rel=1e-5)
    for (_, left), (_, right) in zip(tree_flatten(one[1]), tree_flatten(two[1]), strict=True):
        assert close(left, right)


def test_only_what_the_assistant_wrote_counts() -> None:
    sample = Sample(ids=[9, 8, 7, 6, 5, 4], spans=[(3, 5)], first_turn=2)
    packed = pack(random.Random(0), [sample], 9)
    assert packed.chosen.tolist() == [2, 3]  # positions 2 and 3 predict tokens 3 and 4
    assert packed.tokens[0].tolist() == [9, 8, 7, 6, 5, 4, 0, 0, 0]


def test_the_rate_rises_and_then_falls() -> None:
    shares = [rate_share(progress / 100, 0.05) for progress in range(101)]
    assert shares[0] < 0.1
    assert max(shares) == pytest.approx(1.0)
    assert shares[100] == pytest.approx(0.02)
