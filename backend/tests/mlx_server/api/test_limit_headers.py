"""What is left, in the words of OpenAI's headers."""

import pytest

from mlx_manager.mlx_server.api.limit_headers import LIMIT_HEADERS, duration, limit_headers
from mlx_manager.mlx_server.core.allowance import Meter, Standing


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (0.2, "1s"), (59.5, "1m0s"), (61, "1m1s"), (3600, "1h0m0s"), (86_399, "23h59m59s")],
)
def test_a_duration_is_rounded_up(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_only_limits_that_there_are_are_told() -> None:
    assert limit_headers(Standing()) == {}
    meter = Meter(60, 12, 5.5)
    assert limit_headers(Standing(tokens=meter)) == {
        "x-ratelimit-limit-tokens": "60",
        "x-ratelimit-remaining-tokens": "12",
        "x-ratelimit-reset-tokens": "6s",
    }
    assert tuple(limit_headers(Standing(meter, meter))) == LIMIT_HEADERS
