"""Every service, made once and handed to the routers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from mlx_manager.config import ManagerSettings
from mlx_manager.db.engine import Database
from mlx_manager.mlx_server.config import MLXServerSettings
from mlx_manager.schemas.feed_event import FeedEvent
from mlx_manager.schemas.health import HealthReply
from mlx_manager.services.auth_service import AuthService
from mlx_manager.services.bookkeeping import Bookkeeping, make_bookkeeping
from mlx_manager.services.branch_service import BranchService
from mlx_manager.services.chat_rooms import ChatRooms, make_chat_rooms
from mlx_manager.services.chat_service import ChatService
from mlx_manager.services.dashboard_sources import dashboard_sources
from mlx_manager.services.download_service import DownloadService
from mlx_manager.services.event_feed import EventFeed
from mlx_manager.services.health_service import HealthService
from mlx_manager.services.hf_api import HubApi
from mlx_manager.services.inference import Inference
from mlx_manager.services.kept_usage import KeptUsage
from mlx_manager.services.key_service import KeyService
from mlx_manager.services.login_throttle import LoginThrottle
from mlx_manager.services.metrics import Metrics
from mlx_manager.services.model_search import ModelSearch
from mlx_manager.services.model_service import ModelService
from mlx_manager.services.passwords import PasswordHasher
from mlx_manager.services.quota import Quota
from mlx_manager.services.reply_service import ReplyService
from mlx_manager.services.request_counts import RequestCounts
from mlx_manager.services.routing.room import RoutingRoom, make_routing
from mlx_manager.services.secret_box import SecretBox
from mlx_manager.services.session_service import SessionService
from mlx_manager.services.system_service import SystemService
from mlx_manager.services.token_secret import resolve_token_secret
from mlx_manager.services.tokens import TokenSigner
from mlx_manager.services.user_service import UserService


@dataclass(frozen=True, slots=True)
class ManagerServices:
    """What the routers may ask for. The database is already at its newest revision."""

    auth: AuthService
    sessions: SessionService
    users: UserService
    keys: KeyService
    quota: Quota
    chat: ChatService
    replies: ReplyService
    branches: BranchService
    chat_rooms: ChatRooms
    health: HealthService
    downloads: DownloadService
    models: ModelService
    model_search: ModelSearch
    books: Bookkeeping
    routing: RoutingRoom
    system: SystemService
    feed: EventFeed[FeedEvent]
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
    hasher = PasswordHasher()
    chat = ChatService(database)
    replies = ReplyService(chat, inference)
    quota = Quota(KeptUsage(database).spent)
    keys = KeyService(database, quota)
    sessions = SessionService(database, _signer(settings))
    throttle = LoginThrottle()
    downloads = DownloadService(database, settings)
    hub = HubApi(settings.hf_endpoint, settings.offline_mode)
    books = make_bookkeeping(settings, database, inference, running)
    system = SystemService(settings, inference.status)
    return ManagerServices(
        auth=AuthService(database, hasher, sessions, throttle),
        sessions=sessions,
        users=UserService(database, hasher, throttle, on_change=keys.forget_user),
        keys=keys,
        quota=quota,
        chat=chat,
        replies=replies,
        branches=BranchService(database, chat, replies),
        chat_rooms=make_chat_rooms(database),
        health=HealthService(database, inference.status),
        downloads=downloads,
        models=ModelService(database, settings, inference, hub, downloads.is_downloading),
        model_search=ModelSearch(
            hub, inference, downloads.is_downloading, settings.hf_organization
        ),
        books=books,
        routing=_routing(settings, database, inference, books),
        system=system,
        feed=EventFeed(dashboard_sources(inference.status, books.totals, system)),
        metrics=_metrics(inference, counts, books),
    )


def _routing(
    settings: ManagerSettings, database: Database, inference: Inference, books: Bookkeeping
) -> RoutingRoom:
    return make_routing(
        database,
        SecretBox(resolve_token_secret(settings)),
        lambda: books.settings.routing.routing_enabled,
        lambda: inference.status().engine.waiting,
    )


def _metrics(
    inference: Inference, counts: RequestCounts, books: Bookkeeping
) -> Callable[[HealthReply], Metrics]:
    return lambda health: Metrics(health, inference.status(), counts, books.totals, books.writer)


def _signer(settings: ManagerSettings) -> TokenSigner:
    return TokenSigner(
        resolve_token_secret(settings),
        settings.jwt_algorithm,
        timedelta(days=settings.jwt_expire_days),
    )
