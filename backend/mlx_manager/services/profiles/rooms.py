"""The profiles' services, wired."""

from dataclasses import dataclass
from pathlib import Path

from mlx_manager.db.engine import Database
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.schemas.profile import PlacementKind
from mlx_manager.services.inference import Inference
from mlx_manager.services.profiles.embedded import EmbeddedPlacement
from mlx_manager.services.profiles.placement import Placement
from mlx_manager.services.profiles.profile_log import ProfileLog
from mlx_manager.services.profiles.profile_service import ProfileService
from mlx_manager.services.profiles.profile_store import ProfileStore
from mlx_manager.services.profiles.server_service import ServerService


@dataclass(frozen=True, slots=True)
class ProfileRooms:
    """``log`` takes the records of finished requests."""

    profiles: ProfileService
    servers: ServerService
    log: ProfileLog


def make_profiles(database: Database, inference: Inference, log_folder: Path) -> ProfileRooms:
    """Another placement is one more entry here."""

    def id_of(name: ModelId) -> str | None:
        profile = inference.profiles.find(name)
        return None if profile is None else profile.key

    log = ProfileLog(log_folder, id_of)
    placements: dict[PlacementKind, Placement] = {
        PlacementKind.EMBEDDED: EmbeddedPlacement(inference, log)
    }
    store = ProfileStore(database)
    return ProfileRooms(
        profiles=ProfileService(store, inference, placements, log),
        servers=ServerService(store, placements),
        log=log,
    )
