"""Accounts from the administrators' side."""

from collections.abc import Callable

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from mlx_manager.db.api_keys import ApiKey
from mlx_manager.db.conversations import Conversation
from mlx_manager.db.engine import Database
from mlx_manager.db.responses import Response
from mlx_manager.db.sessions import LoginSession
from mlx_manager.db.users import User
from mlx_manager.errors import LastAdministrator, NotFound
from mlx_manager.schemas.account import UserDetail, UserReply, UserStatus, UserUpdate
from mlx_manager.services.login_throttle import LoginThrottle
from mlx_manager.services.paging import Cursor, Slice, take_slice
from mlx_manager.services.passwords import PasswordHasher
from mlx_manager.services.session_service import end_sessions

_Holding = type[ApiKey] | type[Conversation] | type[LoginSession] | type[Response]


class UserService:
    """Lists, describes, approves, disables and deletes accounts.

    Whatever ends a user's right to be here ends their tokens in the same transaction.
    ``on_change`` is told whose status, role or existence changed, when it has.
    """

    def __init__(
        self,
        database: Database,
        hasher: PasswordHasher,
        throttle: LoginThrottle,
        on_change: Callable[[str], None],
    ) -> None:
        self._database = database
        self._hasher = hasher
        self._throttle = throttle
        self._on_change = on_change

    async def list_users(self, limit: int, after: Cursor | None) -> Slice[User]:
        """Everybody, in the order they came."""
        query = select(User).order_by(col(User.created_at), col(User.id)).limit(limit + 1)
        if after is not None:
            later = col(User.created_at) > after.moment
            same = (col(User.created_at) == after.moment) & (col(User.id) > after.id)
            query = query.where(later | same)
        async with self._database.reading() as session:
            rows = (await session.exec(query)).all()
        return take_slice(rows, limit, lambda user: Cursor(user.created_at, user.id))

    async def count_pending(self) -> int:
        """How many wait for approval."""
        query = select(func.count()).where(col(User.status) == UserStatus.PENDING)
        async with self._database.reading() as session:
            return (await session.exec(query)).one()

    async def describe(self, user_id: str) -> UserDetail:
        """An account and what it holds. Raises ``NotFound``."""
        async with self._database.reading() as session:
            user = await _find(session, user_id)
            return UserDetail(
                **UserReply.model_validate(user).model_dump(),
                conversations=await _count(session, Conversation, user_id),
                api_keys=await _count(session, ApiKey, user_id),
                responses=await _count(session, Response, user_id),
                sessions=await _count(session, LoginSession, user_id),
            )

    async def update(self, user_id: str, change: UserUpdate) -> User:
        """Change status, role, or what they may do. Raises ``NotFound``, ``LastAdministrator``."""
        async with self._database.writing() as session:
            user = await _find(session, user_id)
            status = user.status if change.status is None else change.status
            is_admin = user.is_admin if change.is_admin is None else change.is_admin
            if not (is_admin and status is UserStatus.APPROVED):
                await _keep_an_administrator(session, user)
            if status is not UserStatus.APPROVED and user.status is UserStatus.APPROVED:
                await end_sessions(session, user)
            user.status, user.is_admin = status, is_admin
            if change.local_only is not None:
                user.local_only = change.local_only
            session.add(user)
        self._on_change(user_id)
        return user

    async def delete(self, user_id: str) -> None:
        """Delete an account and its conversations. Raises ``NotFound``, ``LastAdministrator``."""
        async with self._database.writing() as session:
            user = await _find(session, user_id)
            await _keep_an_administrator(session, user)
            await session.delete(user)
        self._on_change(user_id)

    async def reset_password(self, user_id: str, new_password: str) -> None:
        """Set another's password, ending their tokens. Raises ``NotFound``."""
        new_hash = await self._hasher.hash(new_password)
        async with self._database.writing() as session:
            user = await _find(session, user_id)
            user.password_hash = new_hash
            await end_sessions(session, user)
        self._throttle.forgive(user.email)


async def _count(session: AsyncSession, table: _Holding, user_id: str) -> int:
    query = select(func.count()).where(col(table.user_id) == user_id)
    return (await session.exec(query)).one()


async def _find(session: AsyncSession, user_id: str) -> User:
    user = await session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such account; it may have been deleted.")
    return user


async def _keep_an_administrator(session: AsyncSession, leaving: User) -> None:
    """Raise ``LastAdministrator`` when nobody could run the place without ``leaving``."""
    if not (leaving.is_admin and leaving.status is UserStatus.APPROVED):
        return
    others = select(User.id).where(
        col(User.is_admin), col(User.status) == UserStatus.APPROVED, col(User.id) != leaving.id
    )
    if (await session.exec(others.limit(1))).first() is None:
        raise LastAdministrator(
            "This is the last administrator; make somebody else an administrator first."
        )
