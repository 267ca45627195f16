"""API keys as ``/api/keys`` shows and takes them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

KeyName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class KeyCreate(BaseModel):
    """A new key. Unknown fields are refused: nobody shall believe in a limit that is not kept."""

    model_config = ConfigDict(extra="forbid")

    name: KeyName = "API key"


class KeyCreated(BaseModel):
    """A new key, with the only sight of it."""

    id: str
    name: str
    key: str
    prefix: str
    created_at: datetime


class KeyReply(BaseModel):
    """One key without its secret. ``last_used_at`` is null for a key that was never used, and may
    be a minute behind."""

    id: str
    name: str
    prefix: str
    user_id: str
    user_email: str
    created_at: datetime
    last_used_at: datetime | None
