"""Providers as ``/api/providers`` shows and takes them."""

from datetime import datetime
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints


class ProviderKind(StrEnum):
    """Which dialect a provider speaks."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"


def _address(value: str) -> str:
    """An address that this server may be told to ask. Metadata services of clouds answer on
    link-local addresses, to anybody, with credentials."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("this is not an address; write it like https://example.com/v1") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("write an address that begins with http:// or https:// and names a host")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("leave out user, password, query and fragment; the key has its own field")
    if any(each.isspace() or not each.isprintable() for each in value):
        raise ValueError("an address has no spaces")
    try:
        is_link_local = ip_address(host).is_link_local
    except ValueError:
        is_link_local = False
    if is_link_local:
        raise ValueError("link-local addresses are refused")
    return value.rstrip("/")


def _header_value(key: SecretStr) -> SecretStr:
    text = key.get_secret_value()
    if not (text.isascii() and text.isprintable()) or text != text.strip():
        raise ValueError("a key is of printable ASCII characters, without spaces around it")
    return key


def _one_line(name: str) -> str:
    if not (name.isascii() and name.isprintable()):
        raise ValueError("a name is of printable ASCII characters: replies carry it in a header")
    return name


ProviderName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=64),
    AfterValidator(_one_line),
]
BaseUrl = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=400),
    AfterValidator(_address),
    Field(
        description=(
            "Where `/chat/completions` or `/messages` begins, as in `https://example.com/v1`; a "
            "bare host is given `/v1`."
        )
    ),
]
ProviderKey = Annotated[
    SecretStr,
    Field(min_length=1, max_length=4000, description="Kept encrypted, and never shown again."),
    AfterValidator(_header_value),
]
ModelNames = Annotated[
    list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]],
    Field(max_length=2000, description="Names that it answers for; the test lists them."),
]
ConnectSeconds = Annotated[float, Field(gt=0, le=120, description="For a connection.")]
FirstSeconds = Annotated[float, Field(gt=0, le=3600, description="For the beginning of a reply.")]
StallSeconds = Annotated[float, Field(gt=0, le=3600, description="For each further piece of it.")]


class ProviderCreate(BaseModel):
    """A new provider. Nothing is sent to it before a routing rule names it."""

    model_config = ConfigDict(extra="forbid")

    name: ProviderName
    kind: ProviderKind = ProviderKind.OPENAI
    base_url: BaseUrl
    key: ProviderKey | None = None
    models: ModelNames = []
    is_enabled: bool = True
    connect_seconds: ConnectSeconds = 5.0
    first_seconds: FirstSeconds = 120.0
    stall_seconds: StallSeconds = 60.0


class ProviderUpdate(BaseModel):
    """What is changed: a field left out stays; ``key`` null forgets the key.

    A new ``base_url`` forgets the key too, unless it comes with one: a key is for the server that
    it was entered for.
    """

    model_config = ConfigDict(extra="forbid")

    name: ProviderName = ""
    kind: ProviderKind = ProviderKind.OPENAI
    base_url: BaseUrl = ""
    key: ProviderKey | None = None
    models: ModelNames = []
    is_enabled: bool = True
    connect_seconds: ConnectSeconds = 5.0
    first_seconds: FirstSeconds = 120.0
    stall_seconds: StallSeconds = 60.0


class ProviderReply(BaseModel):
    """One provider without its key. ``circuit`` is open while it is not asked because it failed
    lately, for ``retry_seconds`` more."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    kind: ProviderKind
    base_url: str
    has_key: bool
    models: list[str]
    is_enabled: bool
    connect_seconds: float
    first_seconds: float
    stall_seconds: float
    circuit: Literal["closed", "open"]
    retry_seconds: float
    created_at: datetime


class ProviderTest(BaseModel):
    """What came of asking a provider for its models. ``detail`` says what to do when it is not
    ``ok``."""

    ok: bool
    detail: str
    milliseconds: float
    models: list[str]
