"""Which names are ours."""

import socket
from typing import Any

import pytest

from mlx_manager.middleware.known_names import KnownNames
from tests.settings import manager_settings

MACHINE = socket.gethostname().lower()


def names(**settings: Any) -> KnownNames:
    return KnownNames(manager_settings(**settings))


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LocalHost:8080",
        "localhost.",
        "127.0.0.1",
        "127.0.0.1:8080",
        "127.8.8.8",
        "[::1]",
        "[::1]:8080",
    ],
)
def test_loopback_names_are_always_known(host: str) -> None:
    assert names().knows_host(host)
    assert names(host="0.0.0.0").knows_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.168.1.5",
        "[fe80::1]",
        "localhost:port",
        "localhost/evil",
        "evil@localhost",
        "[::1",
        "localhost,evil.example",
        MACHINE + ".evil.example",
    ],
)
def test_a_loopback_server_knows_nothing_else(host: str) -> None:
    assert not names().knows_host(host)


def test_a_server_for_everybody_knows_its_name_and_addresses_but_no_other_names() -> None:
    known = names(host="0.0.0.0")
    short = MACHINE.split(".")[0]
    for host in (MACHINE, f"{short}.local:8080", "192.168.1.5:8080", "[fe80::1%25en0]", "10.0.0.1"):
        assert known.knows_host(host), host
    assert not known.knows_host("evil.example")
    assert not known.knows_host("10.0.0.1.evil.example")


def test_configured_names_are_known_with_what_is_below_a_star() -> None:
    known = names(allowed_hosts="mlx.example.com, *.lab.example.com")
    assert known.knows_host("MLX.example.com:443")
    assert known.knows_host("a.b.lab.example.com")
    for host in ("lab.example.com", "xlab.example.com", "example.com", "*.lab.example.com.evil"):
        assert not known.knows_host(host), host
    assert names(allowed_hosts="*").knows_host("anything.example")
    assert names(host="studio.example").knows_host("studio.example:8080")


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:8080", True),
        ("https://localhost:8080", True),
        ("http://localhost", False),
        ("http://localhost:3000", False),
        ("http://127.0.0.1:8080", False),
        ("http://evil.example", False),
        ("null", False),
        ("", False),
        ("file://localhost:8080", False),
        ("https://app.example.com", True),
        ("HTTPS://App.example.com", True),
        ("http://app.example.com", False),
    ],
)
def test_only_our_own_pages_and_configured_origins_may_use_us(origin: str, allowed: bool) -> None:
    known = names(cors_origins="https://app.example.com/")
    assert known.allows_origin(origin, "localhost:8080") is allowed
    assert names(cors_origins="*").allows_origin(origin, "localhost:8080")
