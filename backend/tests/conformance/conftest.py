"""One manager with the guide model for every suite, and the Node project beside it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.conformance.node import install
from tests.conformance.running import make_key, running_manager


@dataclass(frozen=True)
class Served:
    """Where the manager listens (no path) and a key that opens it."""

    url: str
    key: str


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A manager in a process of its own."""
    with running_manager(tmp_path_factory.mktemp("served")) as url:
        yield Served(url, make_key(url))


@pytest.fixture(scope="session")
def node_project() -> None:
    """The clients are installed."""
    install()
