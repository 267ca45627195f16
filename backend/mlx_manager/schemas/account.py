"""Accounts as ``/api/auth`` shows and takes them."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from mlx_manager.schemas.password_rules import check_password

_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\]\\]+@[^@\s.\"(),:;<>\[\]\\]+(\.[^@\s.\"(),:;<>\[\]\\]+)*")


class UserStatus(StrEnum):
    """Where an account stands: waiting for an administrator, in use, or switched off."""

    PENDING = "pending"
    APPROVED = "approved"
    DISABLED = "disabled"


def _normalise_email(value: str) -> str:
    email = value.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise ValueError("this is not an e-mail address; write it like name@example.com")
    return email


Email = Annotated[str, Field(max_length=254), AfterValidator(_normalise_email)]
NewPassword = Annotated[str, Field(max_length=1024), AfterValidator(check_password)]
GivenPassword = Annotated[str, Field(max_length=1024)]
"""A password to compare, which may be older than today's rules."""


class RegisterRequest(BaseModel):
    """A new account."""

    email: Email
    password: NewPassword


class LoginRequest(BaseModel):
    """An e-mail address and its password."""

    email: Annotated[str, Field(max_length=254)]
    password: GivenPassword


class PasswordChange(BaseModel):
    """One's own password, the old one first."""

    current_password: GivenPassword
    new_password: NewPassword


class PasswordReset(BaseModel):
    """Another's password, set by an administrator."""

    new_password: NewPassword


class UserUpdate(BaseModel):
    """What an administrator changes; a field left out stays."""

    model_config = ConfigDict(extra="forbid")

    status: UserStatus | None = None
    is_admin: bool | None = None
    local_only: Annotated[
        bool | None, Field(description="Whether nothing they ask may leave this machine.")
    ] = None


class UserReply(BaseModel):
    """One account, without its secrets."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    email: str
    status: UserStatus
    is_admin: bool
    local_only: bool
    created_at: datetime


class UserDetail(UserReply):
    """One account, and how much there is that would be deleted with it."""

    conversations: int
    api_keys: int
    responses: int
    sessions: int


class TokenReply(BaseModel):
    """A token for the ``Authorization: Bearer`` header; ``expires_in`` is in seconds."""

    access_token: str
    token_type: str = "bearer"
    expires_in: int


class SetupReply(BaseModel):
    """Whether the first administrator has yet to register."""

    needed: bool


class CountReply(BaseModel):
    """How many."""

    count: int
