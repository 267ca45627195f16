"""What training counts, and how fast it may change."""

import random

import pytest

from guide_training.batches import pack
from guide_training.looks import KEY, Look
from guide_training.plan import rate_share
from guide_training.render import Sample


def test_only_what_the_assistant_wrote_counts() -> None:
    sample = Sample(ids=[9, 8, 7, 6, 5, 4], spans=[(3, 5)], first_turn=2)
    packed = pack(random.Random(0), [sample], 9)
    assert packed.chosen.tolist() == [2, 3]  # positions 2 and 3 predict tokens 3 and 4
    assert packed.tokens[0].tolist() == [9, 8, 7, 6, 5, 4, 0, 0, 0]


def test_looks_say_whose_they_are() -> None:
    blank = Sample(ids=[9, 8], spans=[(1, 2)], first_turn=1)
    looking = Sample(ids=[9, 8, 7, 6], spans=[(3, 4)], first_turn=2, looks=[Look(KEY, 2, 1)])
    assert pack(random.Random(0), [blank, looking, blank], 9).looks.tolist() == [[KEY, 1, 2, 1]]
    assert pack(random.Random(0), [blank], 9).looks.shape == (0, 4)


def test_a_gap_in_the_positions_comes_after_the_first_turn() -> None:
    sample = Sample(ids=[9, 8, 7, 6, 5, 4], spans=[(3, 5)], first_turn=2)
    positions = pack(random.Random(0), [sample], 6, skip_share=1.0).positions[0].tolist()
    assert positions[:2] == [0, 1]
    assert positions[2] > 2
    assert positions == [0, 1, *range(positions[2], positions[2] + 4)]


def test_the_rate_rises_stays_and_falls_to_nothing() -> None:
    shares = [rate_share(progress / 100, 0.05, 0.4) for progress in range(101)]
    assert shares[0] < 0.1
    assert shares[5:60] == [1.0] * 55
    assert shares[80] == pytest.approx(0.5)
    assert shares[100] == 0.0
