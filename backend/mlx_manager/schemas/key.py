"""API keys as ``/api/keys`` shows and takes them."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

MOST_REQUESTS_PER_MINUTE = 60_000
MOST_TOKENS_PER_DAY = 10**12
_LONGEST = timedelta(days=3660)


class KeyPriority(StrEnum):
    """Who is served first while requests wait: a step is worth 30 seconds in the queue."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


def _in_the_future(moment: datetime) -> datetime:
    now = datetime.now(UTC)
    if not now < moment < now + _LONGEST:
        raise ValueError("choose a time in the future, at most ten years from now")
    return moment.astimezone(UTC)


KeyName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
ModelPattern = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)
]
Expiry = Annotated[
    AwareDatetime,
    AfterValidator(_in_the_future),
    Field(description="From then on the key is refused; null for never."),
]
AllowedModels = Annotated[
    list[ModelPattern],
    Field(
        min_length=1,
        max_length=100,
        description=(
            "Names as clients write them, `*` for any part of one (`mlx-community/*`). Others are "
            "neither listed nor found. Null allows every model."
        ),
    ),
]
RequestsPerMinute = Annotated[
    int,
    Field(
        ge=1,
        le=MOST_REQUESTS_PER_MINUTE,
        strict=True,
        description="Most requests to models in any 60 seconds; null for no limit.",
    ),
]
TokensPerDay = Annotated[
    int,
    Field(
        ge=1,
        le=MOST_TOKENS_PER_DAY,
        strict=True,
        description=(
            "Prompt and answer tokens in a day of UTC; requests under way when they are used up "
            "are still answered. Null for no limit."
        ),
    ),
]


LocalOnly = Annotated[
    bool,
    Field(strict=True, description="Whether nothing it asks may leave this machine, rules or not."),
]


class KeyCreate(BaseModel):
    """A new key. Unknown fields are refused: nobody shall believe in a limit that is not kept."""

    model_config = ConfigDict(extra="forbid")

    name: KeyName = "API key"
    expires_at: Expiry | None = None
    allowed_models: AllowedModels | None = None
    requests_per_minute: RequestsPerMinute | None = None
    tokens_per_day: TokensPerDay | None = None
    priority: KeyPriority = KeyPriority.NORMAL
    local_only: LocalOnly = False


class KeyUpdate(BaseModel):
    """What is changed of a key: a field left out stays, null takes a limit away."""

    model_config = ConfigDict(extra="forbid")

    name: KeyName = ""
    expires_at: Expiry | None = None
    allowed_models: AllowedModels | None = None
    requests_per_minute: RequestsPerMinute | None = None
    tokens_per_day: TokensPerDay | None = None
    priority: KeyPriority = KeyPriority.NORMAL
    local_only: LocalOnly = False


class KeyUsage(BaseModel):
    """What a key did since midnight, UTC."""

    requests_today: int
    tokens_today: int


class KeyReply(BaseModel):
    """One key without its secret. ``last_used_at`` is null for a key that was never used, and may
    be a minute behind."""

    id: str
    name: str
    prefix: str
    user_id: str
    user_email: str
    expires_at: datetime | None
    allowed_models: list[str] | None
    requests_per_minute: int | None
    tokens_per_day: int | None
    priority: KeyPriority
    local_only: bool
    created_at: datetime
    last_used_at: datetime | None
    usage: KeyUsage


class KeyCreated(KeyReply):
    """A new key, with the only sight of it."""

    key: str
