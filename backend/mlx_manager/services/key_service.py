"""API keys: made, listed, revoked, and recognised at each request to ``/v1``."""

import asyncio
import hashlib
import logging
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from mlx_manager.db.api_keys import ApiKey
from mlx_manager.db.columns import utc_now
from mlx_manager.db.engine import Database
from mlx_manager.db.users import User
from mlx_manager.errors import NotFound
from mlx_manager.schemas.account import UserStatus
from mlx_manager.schemas.key import KeyCreated, KeyReply
from mlx_manager.services.known_keys import KnownKey, KnownKeys
from mlx_manager.services.paging import Cursor, Slice, take_slice

logger = logging.getLogger(__name__)

API_KEY_PREFIX = "mlx-"
USE_WRITTEN_EVERY = timedelta(minutes=1)
_RANDOM_BYTES = 32
_SHOWN_CHARACTERS = 12
_SHAPE = re.compile(r"mlx-[A-Za-z0-9_-]{43}")


class KeyService:
    """Keys of all users. A key acts as its user, with the rights the account has at that moment."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock
        self._known = KnownKeys()
        self._writes: set[asyncio.Task[None]] = set()

    async def create(self, user: User, name: str) -> KeyCreated:
        """A new key; nothing can show it again."""
        key = API_KEY_PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
        row = ApiKey(
            user_id=user.id, name=name, key_hash=_hash(key), prefix=key[:_SHOWN_CHARACTERS]
        )
        async with self._database.writing() as session:
            session.add(row)
        return KeyCreated(
            id=row.id, name=row.name, key=key, prefix=row.prefix, created_at=row.created_at
        )

    async def list_keys(
        self, user_id: str | None, limit: int, after: Cursor | None
    ) -> Slice[KeyReply]:
        """The keys of a user, or with None everybody's, in the order they were made."""
        query = select(ApiKey, User.email).join(User, col(User.id) == col(ApiKey.user_id))
        if user_id is not None:
            query = query.where(ApiKey.user_id == user_id)
        if after is not None:
            later = col(ApiKey.created_at) > after.moment
            same = (col(ApiKey.created_at) == after.moment) & (col(ApiKey.id) > after.id)
            query = query.where(later | same)
        query = query.order_by(col(ApiKey.created_at), col(ApiKey.id)).limit(limit + 1)
        async with self._database.reading() as session:
            rows = [
                KeyReply(**key.model_dump(exclude={"key_hash"}), user_email=email)
                for key, email in await session.exec(query)
            ]
        return take_slice(rows, limit, lambda key: Cursor(key.created_at, key.id))

    async def revoke(self, user: User, key_id: str) -> None:
        """End a key at once: one's own, or for an administrator anybody's. Raises ``NotFound``."""
        async with self._database.writing() as session:
            key = await session.get(ApiKey, key_id)
            if key is None or not (user.is_admin or key.user_id == user.id):
                raise NotFound("There is no such key; it may have been revoked.")
            await session.delete(key)
        self._known.forget(key_id=key_id)

    def forget_user(self, user_id: str) -> None:
        """An account was changed or deleted: look its keys up anew."""
        self._known.forget(user_id=user_id)

    async def recognise(self, key: str) -> KnownKey | None:
        """Whose key this is; None for one that is not in force, or whose account is not."""
        if not _SHAPE.fullmatch(key):
            return None
        key_hash = _hash(key)
        known = self._known.get(key_hash) or await self._look_up(key_hash)
        if known is not None:
            self._note_use(known)
        return known

    async def close(self) -> None:
        """Wait for what is still being written."""
        await asyncio.gather(*self._writes)

    async def _look_up(self, key_hash: str) -> KnownKey | None:
        revision = self._known.revision
        query = (
            select(ApiKey, User.is_admin)
            .join(User, col(User.id) == col(ApiKey.user_id))
            .where(ApiKey.key_hash == key_hash, User.status == UserStatus.APPROVED)
        )
        async with self._database.reading() as session:
            row = (await session.exec(query)).first()
        if row is None:
            return None
        key, is_admin = row
        found = KnownKey(key.id, key.user_id, is_admin, key.last_used_at)
        return self._known.remember(key_hash, found, as_of=revision)

    def _note_use(self, known: KnownKey) -> None:
        now = self._clock()
        if known.last_used_at is not None and now - known.last_used_at < USE_WRITTEN_EVERY:
            return
        known.last_used_at = now
        # Beside the request: nobody waits for the disk to learn when a key was used.
        task = asyncio.get_running_loop().create_task(self._write_use(known.id, now))
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)

    async def _write_use(self, key_id: str, moment: datetime) -> None:
        try:
            async with self._database.writing() as session:
                statement = update(ApiKey).where(col(ApiKey.id) == key_id)
                await session.exec(statement.values(last_used_at=moment))
        except SQLAlchemyError as error:
            logger.warning("Could not write down the use of the API key %s: %s", key_id, error)


def _hash(key: str) -> str:
    """SHA-256, as hexadecimal digits.

    Not Argon2, as for passwords: that is slow on purpose, against guessing what people choose. A
    key is 256 random bits, which nobody can guess at any speed, and it is checked at each request.
    A plain hash can also be looked up by index; what the look-up's time betrays is how much of a
    hash matches, and nobody can choose their key's hash to make use of that.
    """
    return hashlib.sha256(key.encode()).hexdigest()
