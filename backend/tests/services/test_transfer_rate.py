"""Speed over the last seconds."""

from mlx_manager.services.transfer_rate import WINDOW_SECONDS, TransferRate


def test_the_rate_is_of_the_last_seconds() -> None:
    rate = TransferRate()
    assert rate.bytes_per_second is None
    rate.note(0.0, 1000)
    assert rate.seconds_left(10) is None
    rate.note(1.0, 3000)
    assert rate.bytes_per_second == 2000
    assert rate.seconds_left(4000) == 2.0
    for second in range(2, 30):
        rate.note(float(second), 3000 + 100 * (second - 1))
    assert rate.bytes_per_second == 100
    assert WINDOW_SECONDS < 20


def test_a_standstill_has_no_end_and_a_step_back_begins_anew() -> None:
    rate = TransferRate()
    rate.note(0.0, 5000)
    rate.note(5.0, 5000)
    assert (rate.bytes_per_second, rate.seconds_left(1)) == (0.0, None)
    rate.note(6.0, 100)
    assert rate.bytes_per_second is None
    rate.note(7.0, 400)
    assert rate.bytes_per_second == 300
    rate.forget()
    assert rate.bytes_per_second is None
