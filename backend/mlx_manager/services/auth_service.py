"""Signing up, in and out."""

from sqlalchemy import case, exists, insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

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
from mlx_manager.schemas.account import TokenReply, UserStatus
from mlx_manager.services.passwords import PasswordHasher
from mlx_manager.services.tokens import InvalidToken, TokenSigner


class AuthService:
    """Accounts from their owners' side."""

    def __init__(self, database: Database, hasher: PasswordHasher, signer: TokenSigner) -> None:
        self._database = database
        self._hasher = hasher
        self._signer = signer

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

    async def login(self, email: str, password: str) -> TokenReply:
        """A token for the right password.

        Raises ``InvalidCredentials`` (in the same time whether or not the address is known),
        ``AccountPending`` or ``AccountDisabled``.
        """
        async with self._database.reading() as session:
            query = select(User).where(User.email == email.strip().lower())
            user = (await session.exec(query)).first()
        matches = await self._hasher.matches(password, user.password_hash if user else None)
        if user is None or not matches:
            raise InvalidCredentials("The e-mail address or the password is not right.")
        if user.status is UserStatus.PENDING:
            raise AccountPending("An administrator has to approve this account first.")
        if user.status is UserStatus.DISABLED:
            raise AccountDisabled("This account is disabled; ask an administrator.")
        return self._token(user)

    async def user_of(self, token: str) -> User:
        """Whose token this is. Raises ``NotSignedIn`` unless it is in force."""
        try:
            claims = self._signer.read(token)
        except InvalidToken as error:
            raise NotSignedIn("This session has ended; sign in again.") from error
        async with self._database.reading() as session:
            user = await session.get(User, claims.user_id)
        if (
            user is None
            or user.status is not UserStatus.APPROVED
            or user.token_version != claims.version
        ):
            raise NotSignedIn("This session has ended; sign in again.")
        return user

    async def logout(self, user: User) -> None:
        """End every token of ``user``."""
        async with self._database.writing() as session:
            await session.exec(
                update(User)
                .where(col(User.id) == user.id)
                .values(token_version=User.token_version + 1)
            )

    async def change_password(self, user: User, current: str, new: str) -> TokenReply:
        """Set one's own password; old tokens end and a fresh one is returned.

        Raises ``WrongPassword``.
        """
        if not await self._hasher.matches(current, user.password_hash):
            raise WrongPassword("The current password is not right; nothing was changed.")
        new_hash = await self._hasher.hash(new)
        async with self._database.writing() as session:
            row = await session.get(User, user.id)
            if row is None or row.token_version != user.token_version:
                raise NotSignedIn("This session has ended; sign in again.")
            row.password_hash = new_hash
            row.token_version += 1
            session.add(row)
        return self._token(row)

    def _token(self, user: User) -> TokenReply:
        return TokenReply(
            access_token=self._signer.sign(user), expires_in=self._signer.lifetime_seconds
        )
