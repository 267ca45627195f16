"""Who may come in: accounts, their sessions and keys, and what each may spend; wired."""

from dataclasses import dataclass
from datetime import timedelta

from mlx_manager.config import ManagerSettings
from mlx_manager.db.engine import Database
from mlx_manager.services.auth_service import AuthService
from mlx_manager.services.kept_usage import KeptUsage
from mlx_manager.services.key_service import KeyService
from mlx_manager.services.login_throttle import LoginThrottle
from mlx_manager.services.passwords import PasswordHasher
from mlx_manager.services.quota import Quota
from mlx_manager.services.session_service import SessionService
from mlx_manager.services.tokens import TokenSigner
from mlx_manager.services.user_service import UserService


@dataclass(frozen=True, slots=True)
class People:
    """``quota`` holds what each key and account has spent, for ``/v1``."""

    auth: AuthService
    sessions: SessionService
    users: UserService
    keys: KeyService
    quota: Quota


def make_people(settings: ManagerSettings, database: Database, secret: bytes) -> People:
    """Wire them; tokens are signed with ``secret``."""
    hasher, throttle = PasswordHasher(), LoginThrottle()
    quota = Quota(KeptUsage(database).spent)
    keys = KeyService(database, quota)
    lifetime = timedelta(days=settings.jwt_expire_days)
    sessions = SessionService(database, TokenSigner(secret, settings.jwt_algorithm, lifetime))
    return People(
        auth=AuthService(database, hasher, sessions, throttle),
        sessions=sessions,
        users=UserService(database, hasher, throttle, on_change=keys.forget_user),
        keys=keys,
        quota=quota,
    )
