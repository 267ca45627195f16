"""The Python clients, each with its own suite in an environment of its own, over a real socket.

The raw ``openai`` and ``anthropic`` SDKs are in ``tests/mlx_server/api`` (``test_*_sdk.py``).
"""

from functools import partial
from pathlib import Path

import anyio
import pytest

from mlx_manager.config import ManagerSettings
from mlx_manager.mlx_server.core.ids import GUIDE_MODEL_ID, ModelId
from tests.conformance.client_model import teach_clients
from tests.conformance.conftest import EMBEDDER, Served
from tests.conformance.python import SUITES, run_suite
from tests.fakes.model_directory import write_cached_model
from tests.manager import Manager

OTHER_MODEL = ModelId("org/other")
CLIENTS = sorted(suite.stem.removeprefix("test_") for suite in SUITES.glob("test_*.py"))


@pytest.fixture
def knowing(manager: Manager, settings: ManagerSettings) -> str:
    """Where a manager listens whose model knows what the suites ask."""
    teach_clients(manager.engine)
    write_cached_model(settings.hf_cache_path, OTHER_MODEL)
    return manager.url


@pytest.mark.anyio
@pytest.mark.parametrize("client", CLIENTS)
async def test_a_python_client_works_the_first_time(
    client: str, served: Served, knowing: str, tmp_path: Path, python_project: None
) -> None:
    environment = {
        "MANAGER_URL": served.url,
        "MANAGER_KEY": served.key,
        "MANAGER_MODEL": GUIDE_MODEL_ID,
        "SCRIPTED_URL": knowing,
        "OTHER_MODEL": OTHER_MODEL,
        "EMBEDDER": EMBEDDER,
    }
    suite = await anyio.to_thread.run_sync(partial(run_suite, client, tmp_path, **environment))
    assert suite.returncode == 0, suite.stdout + suite.stderr
