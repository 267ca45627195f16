"""The first port that nobody listens on."""

import socket

import pytest

from mlx_manager.services.server_manager.free_port import HOST, NoFreePortError, listen_from


def test_a_taken_port_is_passed_over_and_a_free_one_is_held() -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        taken = other.getsockname()[1]
        with listen_from(taken) as listener:
            port = listener.getsockname()[1]
            assert port > taken
            with socket.create_connection((HOST, port), timeout=5):
                pass


def test_when_all_are_taken_the_error_says_what_to_do() -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(NoFreePortError, match="MLX_MANAGER_DEFAULT_PORT_START"):
            listen_from(taken, taken)
