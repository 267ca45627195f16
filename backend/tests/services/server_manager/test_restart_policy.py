"""When a process that died is started again."""

from mlx_manager.services.server_manager.restart_policy import RestartPolicy

POLICY = RestartPolicy(delays_seconds=(1.0, 2.0, 5.0), steady_seconds=60.0)


def test_each_death_in_a_row_waits_longer() -> None:
    assert [POLICY.delay_seconds(deaths) for deaths in (1, 2, 3)] == [1.0, 2.0, 5.0]


def test_it_is_left_after_the_last_delay() -> None:
    assert POLICY.delay_seconds(4) is None


def test_a_death_soon_after_the_start_adds_to_those_before() -> None:
    assert POLICY.deaths_in_a_row(2, ready_seconds=59.9) == 3


def test_a_death_after_a_steady_time_is_the_first_again() -> None:
    assert POLICY.deaths_in_a_row(3, ready_seconds=60.0) == 1
