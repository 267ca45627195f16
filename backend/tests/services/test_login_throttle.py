"""When an attempt is let through, by a clock of the test's own."""

import pytest

from mlx_manager.errors import TooManyAttempts
from mlx_manager.services.login_throttle import (
    TRIES_AN_ACCOUNT,
    TRIES_AN_ADDRESS,
    WINDOW_SECONDS,
    LoginThrottle,
    site_of,
)


class Clock:
    """A time that stands until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_an_account_may_be_tried_again_when_its_oldest_attempt_is_past() -> None:
    clock = Clock()
    throttle = LoginThrottle(clock)
    for number in range(TRIES_AN_ACCOUNT):
        throttle.begin("ada", f"10.0.0.{number}")
        clock.now += 1
    with pytest.raises(TooManyAttempts) as refused:
        throttle.begin("ada", "10.0.0.99")
    assert refused.value.retry_after_seconds == WINDOW_SECONDS - TRIES_AN_ACCOUNT
    clock.now += refused.value.retry_after_seconds
    throttle.begin("ada", "10.0.0.99")  # what was refused has not counted
    with pytest.raises(TooManyAttempts):
        throttle.begin("ada", "10.0.0.99")


def test_an_address_that_tries_many_accounts_is_refused_and_another_is_not() -> None:
    throttle = LoginThrottle(Clock())
    for number in range(TRIES_AN_ADDRESS):
        throttle.begin(f"person {number}", "10.0.0.1")
    for _ in range(TRIES_AN_ADDRESS):  # people who know their passwords are no guessers
        throttle.succeeded(throttle.begin("ada", "10.0.0.2"))
    with pytest.raises(TooManyAttempts):
        throttle.begin("ada", "10.0.0.1")
    throttle.begin("ada", "10.0.0.2")


def test_the_right_password_forgets_what_came_before_it() -> None:
    throttle = LoginThrottle(Clock())
    for _ in range(5):
        for _ in range(TRIES_AN_ACCOUNT - 1):
            throttle.begin("ada", "10.0.0.1")
        throttle.succeeded(throttle.begin("ada", "10.0.0.1"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("fe80::1%en0", "fe80::2", True),
        ("", "somewhere", False),
    ],
)
def test_addresses_of_one_site_count_together(one: str, other: str, same: bool) -> None:
    assert (site_of(one) == site_of(other)) is same
