"""API keys: made, listed, changed, revoked, and recognised at each request to ``/v1``."""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from mlx_manager.db.api_keys import ApiKey
from mlx_manager.db.columns import utc_now
from mlx_manager.db.engine import Database
from mlx_manager.db.users import User
from mlx_manager.errors import AdministratorsOnly, NotFound
from mlx_manager.schemas.account import UserStatus
from mlx_manager.schemas.key import (
    KeyCreate,
    KeyCreated,
    KeyPriority,
    KeyReply,
    KeyUpdate,
    KeyUsage,
)
from mlx_manager.services.known_keys import KeyLimits, KnownKey, KnownKeys
from mlx_manager.services.late_writes import LateWrites
from mlx_manager.services.paging import Cursor, Slice, take_slice
from mlx_manager.services.quota import Quota, Spent

API_KEY_PREFIX = "mlx-"
USE_WRITTEN_EVERY = timedelta(minutes=1)
_RANDOM_BYTES = 32
_SHOWN_CHARACTERS = 12
_STEPS = {KeyPriority.LOW: -1, KeyPriority.NORMAL: 0, KeyPriority.HIGH: 1}
_SHAPE = re.compile(r"mlx-[A-Za-z0-9_-]{43}")


class KeyService:
    """Keys of all users. A key acts as its user, with the rights the account has at that moment."""

    def __init__(
        self, database: Database, quota: Quota, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._quota = quota
        self._clock = clock
        self._known = KnownKeys()
        self._late = LateWrites(database)

    async def create(self, user: User, create: KeyCreate) -> KeyCreated:
        """A new key; nothing can show it again. Raises ``AdministratorsOnly``."""
        _check_priority(user, create.priority)
        key = API_KEY_PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
        row = ApiKey(
            user_id=user.id,
            key_hash=_hash(key),
            prefix=key[:_SHOWN_CHARACTERS],
            **create.model_dump(),
        )
        async with self._database.writing() as session:
            session.add(row)
        return KeyCreated(key=key, **_shown(row, user.email, Spent()).model_dump())

    async def update(self, user: User, key_id: str, change: KeyUpdate) -> KeyReply:
        """Change a key, in force from the next request on.

        One's own, or for an administrator anybody's. Raises ``NotFound``, ``AdministratorsOnly``.
        """
        async with self._database.writing() as session:
            key, email = await _find(session, user, key_id)
            if change.priority is not key.priority and "priority" in change.model_fields_set:
                _check_priority(user, change.priority)
            key.sqlmodel_update(change.model_dump(exclude_unset=True))
            session.add(key)
        self._known.forget(key_id=key_id)
        return _shown(key, email, (await self._quota.today([key_id]))[key_id])

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
            rows = (await session.exec(query)).all()
        spent = await self._quota.today([key.id for key, _ in rows])
        shown = [_shown(key, email, spent[key.id]) for key, email in rows]
        return take_slice(shown, limit, lambda key: Cursor(key.created_at, key.id))

    async def revoke(self, user: User, key_id: str) -> None:
        """End a key at once: one's own, or for an administrator anybody's. Raises ``NotFound``."""
        async with self._database.writing() as session:
            key, _ = await _find(session, user, key_id)
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
        if known is None:
            return None
        expires_at = known.limits.expires_at
        if expires_at is not None and expires_at <= self._clock():
            return None
        self._note_use(known)
        return known

    async def close(self) -> None:
        """Wait for what is still being written."""
        await self._late.close()

    async def _look_up(self, key_hash: str) -> KnownKey | None:
        revision = self._known.revision
        query = (
            select(ApiKey, User.is_admin, User.local_only)
            .join(User, col(User.id) == col(ApiKey.user_id))
            .where(ApiKey.key_hash == key_hash, User.status == UserStatus.APPROVED)
        )
        async with self._database.reading() as session:
            row = (await session.exec(query)).first()
        if row is None:
            return None
        key, is_admin, is_kept_here = row
        limits = replace(_limits(key), local_only=key.local_only or is_kept_here)
        found = KnownKey(key.id, key.user_id, is_admin, key.last_used_at, limits)
        return self._known.remember(key_hash, found, as_of=revision)

    def _note_use(self, known: KnownKey) -> None:
        now = self._clock()
        if known.last_used_at is not None and now - known.last_used_at < USE_WRITTEN_EVERY:
            return
        known.last_used_at = now
        used = update(ApiKey).where(col(ApiKey.id) == known.id)
        self._late.add(used.values(last_used_at=now), f"the use of the API key {known.id}")


async def _find(session: AsyncSession, user: User, key_id: str) -> tuple[ApiKey, str]:
    """A key that ``user`` may change, and its owner's address."""
    query = (
        select(ApiKey, User.email)
        .join(User, col(User.id) == col(ApiKey.user_id))
        .where(ApiKey.id == key_id)
    )
    found = (await session.exec(query)).first()
    if found is None or not (user.is_admin or found[0].user_id == user.id):
        raise NotFound("There is no such key; it may have been revoked.")
    return found[0], found[1]


def _check_priority(user: User, priority: KeyPriority) -> None:
    """Raise ``AdministratorsOnly`` for somebody who would go before the others by themselves."""
    if priority is KeyPriority.HIGH and not user.is_admin:
        raise AdministratorsOnly(
            "Only an administrator may give a key high priority; leave 'priority' at normal."
        )


def _shown(key: ApiKey, email: str, spent: Spent) -> KeyReply:
    usage = KeyUsage(requests_today=spent.requests, tokens_today=spent.tokens)
    return KeyReply(**key.model_dump(exclude={"key_hash"}), user_email=email, usage=usage)


def _limits(key: ApiKey) -> KeyLimits:
    return KeyLimits(
        expires_at=key.expires_at,
        allowed_models=None if key.allowed_models is None else tuple(key.allowed_models),
        requests_per_minute=key.requests_per_minute,
        tokens_per_day=key.tokens_per_day,
        priority=_STEPS[key.priority],
    )


def _hash(key: str) -> str:
    """SHA-256, as hexadecimal digits.

    Not Argon2, as for passwords: that is slow on purpose, against guessing what people choose. A
    key is 256 random bits, which nobody can guess at any speed, and it is checked at each request.
    A plain hash can also be looked up by index; what the look-up's time betrays is how much of a
    hash matches, and nobody can choose their key's hash to make use of that.
    """
    return hashlib.sha256(key.encode()).hexdigest()
