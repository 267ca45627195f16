"""Every service, made once and handed to the routers."""

from collections.abc import Callable
from dataclasses import dataclass

from mlx_manager.config import ManagerSettings
from mlx_manager.db.engine import Database
from mlx_manager.mlx_server.config import MLXServerSettings
from mlx_manager.schemas.health import HealthReply
from mlx_manager.services.bookkeeping import Bookkeeping, make_bookkeeping
from mlx_manager.services.branch_service import BranchService
from mlx_manager.services.chat_rooms import ChatRooms, make_chat_rooms
from mlx_manager.services.chat_service import ChatService
from mlx_manager.services.download_service import DownloadService
from mlx_manager.services.health_service import HealthService
from mlx_manager.services.hf_api import HubApi
from mlx_manager.services.hub_access import HubAccess
from mlx_manager.services.hub_token import HubToken, token_of_environment
from mlx_manager.services.inference import Inference
from mlx_manager.services.metrics import Metrics
from mlx_manager.services.model_needs import ModelNeeds
from mlx_manager.services.model_search import ModelSearch
from mlx_manager.services.model_service import ModelService
from mlx_manager.services.people import People, make_people
from mlx_manager.services.probe_service import ProbeService
from mlx_manager.services.profiles.rooms import ProfileRooms, make_profiles
from mlx_manager.services.reply_service import ReplyService
from mlx_manager.services.request_counts import RequestCounts
from mlx_manager.services.routing.room import RoutingRoom, make_routing
from mlx_manager.services.secret_box import SecretBox
from mlx_manager.services.system_rooms import SystemRooms, Watched, make_system
from mlx_manager.services.token_secret import resolve_token_secret


@dataclass(frozen=True, slots=True)
class ManagerServices:
    """What the routers may ask for. The database is already at its newest revision."""

    people: People
    chat: ChatService
    replies: ReplyService
    branches: BranchService
    chat_rooms: ChatRooms
    health: HealthService
    hub_token: HubToken
    downloads: DownloadService
    models: ModelService
    running: ProfileRooms
    model_search: ModelSearch
    probes: ProbeService
    books: Bookkeeping
    routing: RoutingRoom
    system: SystemRooms
    metrics: Callable[[HealthReply], Metrics]


def make_services(
    settings: ManagerSettings,
    database: Database,
    inference: Inference,
    counts: RequestCounts,
    running: MLXServerSettings,
) -> ManagerServices:
    """Wire the services; ``running`` are the inference app's settings in force.

    Raises ``UnsafeSecret`` or ``DatabaseUnusable``.
    """
    secret = resolve_token_secret(settings)
    people = make_people(settings, database, secret)
    chat = ChatService(database)
    replies = ReplyService(chat, inference)
    box = SecretBox(secret)
    hub_token = HubToken(database, box, token_of_environment())
    access = HubAccess(settings.hf_endpoint, settings.hf_cache_path, hub_token.current)
    downloads = DownloadService(database, settings, access)
    hub = HubApi(access, settings.offline_mode)
    rooms = make_profiles(settings, database, inference, lambda: running)
    needs = ModelNeeds(downloads.is_downloading, rooms.profiles.names_on)
    books = make_bookkeeping(settings, database, inference, running, rooms.log.tell_of)
    watched = Watched(inference.status, books, downloads, rooms, people)
    return ManagerServices(
        people=people,
        chat=chat,
        replies=replies,
        branches=BranchService(database, chat, replies),
        chat_rooms=make_chat_rooms(database),
        health=HealthService(database, inference.status),
        hub_token=hub_token,
        downloads=downloads,
        models=ModelService(database, settings, inference, hub, needs),
        running=rooms,
        model_search=ModelSearch(hub, inference, downloads.is_downloading, settings),
        probes=ProbeService(database, inference),
        books=books,
        routing=_routing(database, box, books, inference),
        system=make_system(settings, watched),
        metrics=_metrics(inference, counts, books),
    )


def _routing(
    database: Database, box: SecretBox, books: Bookkeeping, inference: Inference
) -> RoutingRoom:
    routing = books.settings.routing
    return make_routing(
        database,
        box,
        lambda: routing.routing_enabled,
        lambda: inference.status().engine.waiting,
        inference.profiles.applied,
    )


def _metrics(
    inference: Inference, counts: RequestCounts, books: Bookkeeping
) -> Callable[[HealthReply], Metrics]:
    return lambda health: Metrics(health, inference.status(), counts, books.totals, books.writer)
