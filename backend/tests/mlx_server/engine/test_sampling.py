"""The vectorised sampler against the definition, row by row."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlx_manager.mlx_server.core.request import SamplingParams
from mlx_manager.mlx_server.engine import backend

backend.prepare()

import mlx.core as mx  # noqa: E402  (after OpenBLAS)

from mlx_manager.mlx_server.engine.draw import uniform  # noqa: E402
from mlx_manager.mlx_server.engine.row import RowSpec, RowState  # noqa: E402
from mlx_manager.mlx_server.engine.sampling import sample  # noqa: E402

PROBS = [0.5, 0.3, 0.15, 0.05]
DRAWS = 4000


def draw_counts(params: SamplingParams, probs: list[float] = PROBS) -> Counter[int]:
    """Frequencies of tokens over many rows, one seed each."""
    rows = [RowState(RowSpec(params, seed)) for seed in range(DRAWS)]
    logprobs = mx.broadcast_to(mx.log(mx.array(probs)), (DRAWS, len(probs)))
    return Counter(sample(rows, logprobs).tolist())


@given(st.integers(0, 2**63), st.integers(0, 10**6))
def test_a_draw_is_in_the_unit_interval_and_repeats(seed: int, step: int) -> None:
    assert 0 <= uniform(seed, step) < 1
    assert uniform(seed, step) == uniform(seed, step)


def test_temperature_zero_is_greedy() -> None:
    assert draw_counts(SamplingParams(temperature=0)) == {0: DRAWS}


@pytest.mark.parametrize("temperature", [1e-6, 1e-38, 1e-45, 5e-324])
@pytest.mark.parametrize("top_k", [0, 3])
def test_a_temperature_too_close_to_zero_to_divide_by_is_greedy(
    temperature: float, top_k: int
) -> None:
    params = SamplingParams(temperature=temperature, top_k=top_k)
    rows = [RowState(RowSpec(params, seed)) for seed in range(50)]
    logits = mx.broadcast_to(mx.array([3.0, -20.0, 40.0, 39.99999]), (50, 4))
    assert set(sample(rows, logits).tolist()) == {2}


def test_temperature_one_draws_the_distribution() -> None:
    counts = draw_counts(SamplingParams())
    for token, probability in enumerate(PROBS):
        # 5 standard deviations of a binomial
        allowed = 5 * (DRAWS * probability * (1 - probability)) ** 0.5
        assert abs(counts[token] - DRAWS * probability) < allowed


@pytest.mark.parametrize(
    ("params", "allowed"),
    [
        (SamplingParams(top_k=2), {0, 1}),
        (SamplingParams(top_k=1), {0}),
        (SamplingParams(top_p=0.5), {0}),
        (SamplingParams(top_p=0.6), {0, 1}),
        (SamplingParams(top_p=0.0), {0}),
        (SamplingParams(min_p=0.25), {0, 1, 2}),
        (SamplingParams(min_p=1.0), {0}),
        (SamplingParams(top_k=3, top_p=0.99), {0, 1, 2}),
        (SamplingParams(top_p=0.7, temperature=5.0), {0, 1, 2}),
    ],
)
def test_filters_keep_exactly_what_they_promise(params: SamplingParams, allowed: set[int]) -> None:
    assert set(draw_counts(params)) == allowed


def test_rows_of_every_kind_share_one_call() -> None:
    kinds = [
        SamplingParams(temperature=0),
        SamplingParams(top_k=1),
        SamplingParams(temperature=0.01),
        SamplingParams(top_p=0.1),
    ]
    rows = [RowState(RowSpec(params, seed)) for seed, params in enumerate(kinds)]
    favourites = [2, 0, 3, 1]
    logits = mx.zeros((4, 4))
    for row, token in enumerate(favourites):
        logits[row, token] = 9.0
    assert sample([rows[n] for n in (3, 1, 0, 2)], logits).tolist() == favourites


def test_unlikely_tokens_beyond_the_candidates_stay_reachable_without_filters() -> None:
    flat = [1 / 1000] * 1000
    assert len(draw_counts(SamplingParams(), flat)) > 900
