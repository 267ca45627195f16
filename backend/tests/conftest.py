"""The whole manager on a real socket, on a database that the migrations made."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from mlx_manager.config import ManagerSettings
from mlx_manager.db.prepare import prepare
from mlx_manager.services import launch_agent
from tests.fakes.hub.app import Hub
from tests.fakes.hub.content import HubRepo
from tests.hub import MODEL, RunningHub, hub_at, write_sharded
from tests.manager import Manager, serving
from tests.settings import manager_settings

Start = Callable[..., AbstractAsyncContextManager[Manager]]


@pytest.fixture
def anyio_backend() -> str:
    """The loop that the server runs on."""
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> None:
    """What a developer has set for their own server is none of the tests' business."""
    for name in [name for name in os.environ if name.startswith(("MLX_MANAGER_", "MLX_SERVER_"))]:
        del os.environ[name]


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_installed_here() -> Iterator[None]:
    """Whatever a test asks for, no agent of a developer's Mac is touched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launch_agent, "LAUNCHCTL", Path("/nowhere/launchctl"))
        yield


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once by the migrations; each test starts from a copy."""
    path = tmp_path_factory.mktemp("migrated") / "manager.db"
    prepare(path)
    return path


@pytest.fixture
def settings(tmp_path: Path, migrated_database: Path) -> ManagerSettings:
    """Everything in a folder of the test's own."""
    path = tmp_path / "home" / "manager.db"
    path.parent.mkdir()
    path.write_bytes(migrated_database.read_bytes())
    return manager_settings(
        database_path=path,
        log_dir=tmp_path / "home" / "logs",
        hf_cache_path=tmp_path / "hub",
    )


@pytest.fixture
def start(settings: ManagerSettings, tmp_path: Path) -> Start:
    """Serve the manager for the length of a block, with some settings changed."""

    def with_changes(**changes: object) -> AbstractAsyncContextManager[Manager]:
        return serving(settings.model_copy(update=changes), tmp_path)

    return with_changes


@pytest.fixture
async def manager(start: Start) -> AsyncIterator[Manager]:
    """A running manager whose engine follows scripts."""
    async with start() as running:
        yield running


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[RunningHub]:
    """A hub with one model, in three weight files."""
    repo = HubRepo(MODEL, write_sharded(tmp_path / "on the hub"), downloads=100, likes=5)
    stand_in = Hub(repo)
    async with hub_at(stand_in) as url:
        yield RunningHub(stand_in, url, repo)
