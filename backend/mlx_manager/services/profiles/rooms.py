"""The profiles' services, wired."""

from collections.abc import Callable
from dataclasses import dataclass

from mlx_manager.config import ManagerSettings
from mlx_manager.db.engine import Database
from mlx_manager.mlx_server.config import MLXServerSettings
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.schemas.profile import PlacementKind
from mlx_manager.services.inference import Inference
from mlx_manager.services.profiles.embedded import EmbeddedPlacement
from mlx_manager.services.profiles.placement import Placement
from mlx_manager.services.profiles.profile_log import ProfileLog
from mlx_manager.services.profiles.profile_service import ProfileService
from mlx_manager.services.profiles.profile_store import ProfileStore
from mlx_manager.services.profiles.server_service import ServerService
from mlx_manager.services.server_manager.process_answers import ProcessAnswers
from mlx_manager.services.server_manager.process_memory import ProcessMemory
from mlx_manager.services.server_manager.process_placement import ProcessPlacement
from mlx_manager.services.server_manager.process_use import ProcessUse
from mlx_manager.services.server_manager.server_manager import ServerManager


@dataclass(frozen=True, slots=True)
class ProfileRooms:
    """``log`` takes the records of finished requests; ``answers`` takes the requests for profiles
    in ``processes`` of their own, ``beside`` tells what those hold."""

    profiles: ProfileService
    servers: ServerService
    log: ProfileLog
    processes: ServerManager
    answers: ProcessAnswers
    beside: ProcessMemory


def make_profiles(
    settings: ManagerSettings,
    database: Database,
    inference: Inference,
    running: Callable[[], MLXServerSettings],
) -> ProfileRooms:
    """Another placement is one more entry here. ``running`` gives the inference app's settings in
    force."""

    def id_of(name: ModelId) -> str | None:
        profile = inference.profiles.find(name)
        # A process of its own writes its log itself.
        return None if profile is None or profile.own_process else profile.key

    log = ProfileLog(settings.log_dir, id_of)
    processes, use = ServerManager(settings, running), ProcessUse()
    placements: dict[PlacementKind, Placement] = {
        PlacementKind.EMBEDDED: EmbeddedPlacement(inference, log),
        PlacementKind.PROCESS: ProcessPlacement(processes, use, settings.log_dir),
    }
    store = ProfileStore(database)
    servers = ServerService(store, placements)
    return ProfileRooms(
        profiles=ProfileService(store, inference, placements, log),
        servers=servers,
        log=log,
        processes=processes,
        answers=ProcessAnswers(
            inference.profiles,
            processes,
            use,
            servers.start,
            lambda: running().load_wait_seconds,
        ),
        beside=ProcessMemory(processes),
    )
