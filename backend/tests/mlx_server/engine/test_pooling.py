"""Which texts go through the model together."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlx_manager.mlx_server.engine.pooling import take_group


@pytest.mark.parametrize(
    ("lengths", "most_tokens", "groups"),
    [
        ([5], 100, [[0]]),
        ([3, 3, 3, 3], 6, [[0, 1], [2, 3]]),
        ([1, 9], 10, [[0], [1]]),  # padded to 9, both would need 18
        ([50, 60], 10, [[0], [1]]),
    ],
)
def test_groups_hold_the_tokens_with_their_padding(
    lengths: list[int], most_tokens: int, groups: list[list[int]]
) -> None:
    order = deque(range(len(lengths)))
    assert [take_group(order, lengths, most_tokens) for _ in groups] == groups
    assert not order


@given(st.lists(st.integers(1, 60), min_size=1), st.integers(1, 100))
def test_every_text_is_taken_once_and_no_group_is_too_large(
    lengths: list[int], most_tokens: int
) -> None:
    order = deque(sorted(range(len(lengths)), key=lengths.__getitem__))
    taken: list[int] = []
    while order:
        group = take_group(order, lengths, most_tokens)
        taken.extend(group)
        assert len(group) == 1 or len(group) * max(lengths[at] for at in group) <= most_tokens
    assert sorted(taken) == list(range(len(lengths)))
