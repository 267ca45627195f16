"""A server that keeps failing is left alone for a while, and then asked once."""

from mlx_manager.services.routing.circuit import (
    FAILURES,
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    Circuit,
)


def opened(now: float = 100.0) -> Circuit:
    """One that has just opened."""
    circuit = Circuit()
    for _ in range(FAILURES):
        circuit = circuit.failed(now)
    return circuit


def test_it_opens_after_failures_in_a_row_only() -> None:
    circuit = Circuit()
    for _ in range(10):
        circuit = circuit.failed(1).failed(2).answered()
    assert circuit.admits(3)
    assert not opened(100).admits(100 + FIRST_PAUSE_SECONDS - 0.1)
    assert opened(100).retry_seconds(100) == FIRST_PAUSE_SECONDS


def test_one_request_probes_it_and_closes_it_or_opens_it_for_longer() -> None:
    later = 100 + FIRST_PAUSE_SECONDS
    circuit = opened(100)
    assert circuit.admits(later)
    probed = circuit.asked()
    assert not probed.admits(later)
    assert probed.let_go().admits(later)
    assert probed.answered() == Circuit()
    again = probed.failed(later)
    assert again.retry_seconds(later) == 2 * FIRST_PAUSE_SECONDS
    assert again.admits(later + 2 * FIRST_PAUSE_SECONDS)


def test_a_server_that_begins_and_breaks_off_is_left_alone_again() -> None:
    circuit = Circuit()
    for _ in range(FAILURES):
        assert circuit.admits(5)
        circuit = circuit.asked().began().failed(5)
    assert not circuit.admits(5)
    probed = circuit.asked().began()
    assert probed.admits(5)
    assert not probed.failed(5).admits(5)


def test_the_pause_has_an_end_however_long_it_fails() -> None:
    circuit, now = opened(), 1000.0
    for _ in range(20):
        circuit = circuit.asked().failed(now)
    assert circuit.retry_seconds(now) == LONGEST_PAUSE_SECONDS


def test_a_server_that_says_when_to_come_back_is_believed() -> None:
    assert Circuit().failed(5, 7).retry_seconds(5) == 7
    assert Circuit().failed(5, 10**6).retry_seconds(5) == LONGEST_PAUSE_SECONDS
