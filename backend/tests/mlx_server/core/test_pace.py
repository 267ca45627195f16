"""A mean over the last seconds, by a clock that the test turns."""

import pytest

from mlx_manager.mlx_server.core.pace import WINDOW_SECONDS, Pace


def test_a_steady_stream_has_its_own_speed_however_it_is_cut() -> None:
    for piece in (1, 4, 40):
        pace = Pace()
        steps = 400 // piece
        for step in range(steps):
            pace.add(piece, 100.0 + step * piece / 40)  # forty a second for ten seconds
        assert pace.per_second(110.0) == pytest.approx(40, rel=0.1), piece


def test_a_single_token_is_no_thousand_a_second() -> None:
    pace = Pace()
    pace.add(1, 7.0)
    assert pace.per_second(7.001) == 1.0


def test_what_has_ended_fades_and_is_then_nothing() -> None:
    pace = Pace()
    assert pace.per_second(0.0) == 0.0
    for step in range(20):
        pace.add(5, step * 0.1)
    seen = [pace.per_second(2.0 + seconds) for seconds in range(int(WINDOW_SECONDS) + 1)]
    assert seen == sorted(seen, reverse=True)
    assert seen[0] == pytest.approx(50, rel=0.1)
    assert seen[-1] == 0.0
