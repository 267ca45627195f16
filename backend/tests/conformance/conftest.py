"""One manager with the guide model for every suite, and the projects of clients beside it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from mlx_manager.mlx_server.core.ids import ModelId
from tests.conformance import node, python
from tests.conformance.running import make_key, running_manager
from tests.fakes.embedding_models import make_embedder
from tests.fakes.model_directory import snapshot_folder

EMBEDDER = ModelId("tiny/embedder")

collect_ignore = ["python_sdks"]
"""They run in the environment of the clients, with a ``pytest.ini`` of their own."""


@dataclass(frozen=True)
class Served:
    """Where the manager listens (no path) and a key that opens it."""

    url: str
    key: str


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A manager in a process of its own, with the guide model and one that makes vectors."""
    home = tmp_path_factory.mktemp("served")
    make_embedder(snapshot_folder(home / ".cache/huggingface/hub", EMBEDDER))
    with running_manager(home) as url:
        yield Served(url, make_key(url))


@pytest.fixture(scope="session")
def node_project() -> None:
    """The clients of Node are installed."""
    node.install()


@pytest.fixture(scope="session")
def python_project() -> None:
    """The clients of Python are installed."""
    python.install()
