"""Who is signed in, where, and until when: sessions begun, recognised, listed and ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from mlx_manager.db.columns import utc_now
from mlx_manager.db.engine import Database
from mlx_manager.db.sessions import LoginSession
from mlx_manager.db.users import User
from mlx_manager.errors import NotFound, NotSignedIn
from mlx_manager.schemas.account import TokenReply, UserStatus
from mlx_manager.services.late_writes import LateWrites
from mlx_manager.services.paging import Cursor, Slice, take_slice
from mlx_manager.services.tokens import InvalidToken, TokenSigner

SEEN_WRITTEN_EVERY = timedelta(minutes=5)
_MOST_NOTED = 4096
_ENDED = "This session has ended; sign in again."


@dataclass(frozen=True, slots=True)
class Device:
    """What a sign-in comes from: a network address and what the client calls itself."""

    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user, and the session by which they are here."""

    user: User
    session_id: str


class SessionService:
    """A token is good while its session's row stands and its version is the user's.

    The row ends one session; the version ends all of a user's in one statement, those included
    that are being begun at that moment.
    """

    def __init__(
        self, database: Database, signer: TokenSigner, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._signer = signer
        self._clock = clock
        self._late = LateWrites(database)
        self._noted: dict[str, datetime] = {}

    async def begin(self, user: User, device: Device) -> TokenReply:
        """Sign ``user`` in. Raises ``NotSignedIn`` when the account has just changed."""
        now = self._clock()
        row = LoginSession(
            user_id=user.id,
            address=device.address,
            agent=device.agent,
            created_at=now,
            last_seen_at=now,
            expires_at=now + self._signer.lifetime,
        )
        async with self._database.writing() as session:
            current = await session.get(User, user.id)
            if current is None or not _same_standing(current, user.token_version):
                raise NotSignedIn("This account was changed at this moment; sign in again.")
            await session.exec(delete(LoginSession).where(col(LoginSession.expires_at) <= now))
            session.add(row)
        return TokenReply(
            access_token=self._signer.sign(user, row.id),
            expires_in=int(self._signer.lifetime.total_seconds()),
        )

    async def recognise(self, token: str) -> SignedIn:
        """Whose token this is. Raises ``NotSignedIn`` unless it is in force."""
        try:
            claims = self._signer.read(token)
        except InvalidToken as error:
            raise NotSignedIn(_ENDED) from error
        query = (
            select(User, LoginSession)
            .join(LoginSession, col(LoginSession.user_id) == col(User.id))
            .where(User.id == claims.user_id, LoginSession.id == claims.session_id)
        )
        async with self._database.reading() as session:
            found = (await session.exec(query)).first()
        if found is None or not _same_standing(found[0], claims.version):
            raise NotSignedIn(_ENDED)
        user, row = found
        self._note_seen(row)
        return SignedIn(user, row.id)

    async def list_sessions(
        self, user_id: str, limit: int, after: Cursor | None
    ) -> Slice[LoginSession]:
        """Where a user is signed in, in the order they signed in."""
        query = select(LoginSession).where(
            LoginSession.user_id == user_id, col(LoginSession.expires_at) > self._clock()
        )
        if after is not None:
            later = col(LoginSession.created_at) > after.moment
            same = col(LoginSession.created_at) == after.moment
            query = query.where(later | (same & (col(LoginSession.id) > after.id)))
        query = query.order_by(col(LoginSession.created_at), col(LoginSession.id))
        async with self._database.reading() as session:
            rows = (await session.exec(query.limit(limit + 1))).all()
        return take_slice(rows, limit, lambda row: Cursor(row.created_at, row.id))

    async def end(self, user_id: str, session_id: str) -> None:
        """End one of a user's sessions. Raises ``NotFound``."""
        query = delete(LoginSession).where(
            col(LoginSession.id) == session_id, col(LoginSession.user_id) == user_id
        )
        async with self._database.writing() as session:
            if (await session.exec(query)).rowcount == 0:
                raise NotFound("There is no such session; it may have ended.")

    async def end_all(self, user_id: str) -> None:
        """End every session of a user."""
        async with self._database.writing() as session:
            user = await session.get(User, user_id)
            if user is not None:
                await end_sessions(session, user)

    async def close(self) -> None:
        """Wait for what is still being written."""
        await self._late.close()

    def _note_seen(self, row: LoginSession) -> None:
        now = self._clock()
        seen_at = self._noted.get(row.id, row.last_seen_at)
        if now - max(row.last_seen_at, seen_at) < SEEN_WRITTEN_EVERY:
            return
        if len(self._noted) >= _MOST_NOTED:
            self._noted.clear()
        self._noted[row.id] = now
        seen = update(LoginSession).where(col(LoginSession.id) == row.id)
        self._late.add(seen.values(last_seen_at=now), f"the use of the session {row.id}")


async def end_sessions(session: AsyncSession, user: User) -> None:
    """End every session of ``user`` in the transaction under way."""
    user.token_version += 1
    session.add(user)
    await session.exec(delete(LoginSession).where(col(LoginSession.user_id) == user.id))


def _same_standing(user: User, version: int) -> bool:
    return user.status is UserStatus.APPROVED and user.token_version == version
