"""A window never lets more through than its limit, in any span of its length."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mlx_manager.services import sliding_window
from mlx_manager.services.sliding_window import SlidingWindow


class Clock:
    """A time that stands until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@given(
    limit=st.integers(1, 5),
    steps=st.lists(st.integers(0, 40), max_size=60),
)
def test_no_span_of_its_length_holds_more_than_the_limit(limit: int, steps: list[int]) -> None:
    clock = Clock()
    window = SlidingWindow(60, clock)
    let_in: list[float] = []
    for step in steps:
        clock.now += step
        wait = window.wait_seconds("a", limit)
        assert (wait == 0) == (sum(at > clock.now - 60 for at in let_in) < limit)
        if wait == 0:
            window.add("a")
            let_in.append(clock.now)
        else:
            # To the second: a moment before it is too early.
            assert let_in[-limit] + 60 == clock.now + wait
        assert window.count("a") == sum(at > clock.now - 60 for at in let_in)
    assert all(late - early >= 60 for early, late in pairwise(let_in[::limit]))


def test_names_count_apart_and_can_be_forgotten_or_taken_back() -> None:
    clock = Clock()
    window = SlidingWindow(60, clock)
    for name in ("a", "a", "b"):
        window.add(name)
        clock.now += 10
    assert (window.count("a"), window.count("b"), window.count("c")) == (2, 1, 0)
    assert (window.reset_seconds("a"), window.reset_seconds("c")) == (40, 0)
    window.take_back("a")
    window.take_back("c")
    window.forget("b")
    assert (window.count("a"), window.count("b")) == (1, 0)


def test_names_that_are_past_make_room_before_any_other() -> None:
    clock = Clock()
    window = SlidingWindow(60, clock)
    window.add("past")
    clock.now = 30
    for number in range(sliding_window.MOST_NAMES - 1):
        window.add(str(number))
    clock.now = 60
    window.add("one more")
    assert window.count("0") == 1
    window.add("another")
    assert (window.count("0"), window.count("1"), window.count("another")) == (0, 1, 1)
