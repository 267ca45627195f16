"""Signing up, in and out."""

from sqlalchemy import case, exists, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from mlx_manager.db.engine import Database
from mlx_manager.db.users import User
from mlx_manager.errors import (
    AccountDisabled,
    AccountPending,
    EmailTaken,
    InvalidCredentials,
    NotSignedIn,
    WrongPassword,
)
from mlx_manager.mlx_server.core.record import current_record
from mlx_manager.schemas.account import TokenReply, UserStatus
from mlx_manager.services.login_throttle import LoginThrottle
from mlx_manager.services.passwords import PasswordHasher
from mlx_manager.services.session_service import Device, SessionService, end_sessions
from mlx_manager.services.v1_authenticator import user_principal


class AuthService:
    """Accounts from their owners' side."""

    def __init__(
        self,
        database: Database,
        hasher: PasswordHasher,
        sessions: SessionService,
        throttle: LoginThrottle,
    ) -> None:
        self._database = database
        self._hasher = hasher
        self._sessions = sessions
        self._throttle = throttle

    async def needs_setup(self) -> bool:
        """Whether nobody has registered yet."""
        async with self._database.reading() as session:
            return (await session.exec(select(User.id).limit(1))).first() is None

    async def register(self, email: str, password: str) -> User:
        """Make an account: the first is the approved administrator, later ones wait.

        ``email`` is normalised. Raises ``EmailTaken``.
        """
        user = User(
            email=email,
            password_hash=await self._hasher.hash(password),
            status=UserStatus.PENDING,
        )
        someone_exists = exists(select(User.id))
        values = user.model_dump(exclude={"status", "is_admin"})
        # One statement decides who is first, so that two at once cannot both be.
        statement = insert(User).values(
            **values,
            is_admin=~someone_exists,
            status=case(
                (someone_exists, UserStatus.PENDING.value), else_=UserStatus.APPROVED.value
            ),
        )
        try:
            async with self._database.writing() as session:
                await session.exec(statement)
                return (await session.exec(select(User).where(User.id == user.id))).one()
        except IntegrityError as error:
            raise EmailTaken(
                "An account with this e-mail address exists; sign in, or use another address."
            ) from error

    async def login(self, email: str, password: str, device: Device) -> TokenReply:
        """A token for the right password.

        Raises ``InvalidCredentials`` (in the same time whether or not the address is known),
        ``AccountPending``, ``AccountDisabled``, or ``TooManyAttempts`` before anything is looked
        at.
        """
        email = email.strip().lower()
        attempt = self._throttle.begin(email, device.address)
        async with self._database.reading() as session:
            user = (await session.exec(select(User).where(User.email == email))).first()
        matches = await self._hasher.matches(password, user.password_hash if user else None)
        if user is None or not matches:
            raise InvalidCredentials("The e-mail address or the password is not right.")
        self._throttle.succeeded(attempt)
        if user.status is UserStatus.PENDING:
            raise AccountPending("An administrator has to approve this account first.")
        if user.status is UserStatus.DISABLED:
            raise AccountDisabled("This account is disabled; ask an administrator.")
        current_record().principal = user_principal(user)
        return await self._sessions.begin(user, device)

    async def change_password(
        self, user: User, current: str, new: str, device: Device
    ) -> TokenReply:
        """Set one's own password; every session ends and a fresh one begins.

        Raises ``WrongPassword`` or ``TooManyAttempts``: a borrowed session is no place to guess.
        """
        attempt = self._throttle.begin(user.email, device.address)
        if not await self._hasher.matches(current, user.password_hash):
            raise WrongPassword("The current password is not right; nothing was changed.")
        self._throttle.succeeded(attempt)
        new_hash = await self._hasher.hash(new)
        async with self._database.writing() as session:
            row = await session.get(User, user.id)
            if row is None or row.token_version != user.token_version:
                raise NotSignedIn("This session has ended; sign in again.")
            row.password_hash = new_hash
            await end_sessions(session, row)
        return await self._sessions.begin(row, device)
