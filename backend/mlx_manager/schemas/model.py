"""Models as ``/api/models`` shows them: on this machine, and at the hub."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mlx_manager.schemas.probe import ProbeReply

DEFAULT_CONTEXT = 8192
HubSort = Literal["downloads", "likes", "lastModified"]


class ModelQuery(BaseModel):
    """What to look for at the hub; ``context`` tokens of conversation are to fit as well."""

    model_config = ConfigDict(extra="forbid")

    query: str | None = Field(default=None, max_length=200)
    author: str | None = Field(default=None, max_length=96)
    sort: HubSort = "downloads"
    max_size_gb: float | None = Field(default=None, gt=0, le=1e6)
    limit: int = Field(default=20, ge=1, le=100)
    context: int = Field(default=DEFAULT_CONTEXT, ge=1, le=10_000_000)


class FitVerdict(StrEnum):
    """``tight``: it fits, with less than a tenth of the memory to spare."""

    FITS = "fits"
    TIGHT = "tight"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"


class Fit(BaseModel):
    """Whether a model runs in the memory that models may take, with the arithmetic.

    ``needed_bytes`` = ``weights_bytes`` + ``context_length`` (tokens) * ``kv_bytes_per_token``.
    ``largest_context`` is the most tokens that fit, at most the model's own limit. Null is not
    known. ``explanation`` says the same in words.
    """

    verdict: FitVerdict
    context_length: int
    weights_bytes: int | None
    kv_bytes_per_token: int | None
    kv_cache_bytes: int | None
    needed_bytes: int | None
    budget_bytes: int
    largest_context: int | None
    explanation: str


class Quantization(BaseModel):
    """``bits`` a weight, one scale for each ``group_size`` weights."""

    bits: int | None
    group_size: int | None
    mode: str | None


class ModelCapabilities(BaseModel):
    """What a model can do, by its files; ``context_length`` in tokens."""

    context_length: int
    chat: bool
    tools: bool
    reasoning: bool
    embeddings: bool
    rerank: bool
    vision: bool
    draft: bool


class LocalModelReply(BaseModel):
    """A model on this machine. ``problem`` says why one cannot be served; null is well.

    ``family`` is the architecture's name. ``last_used_at`` is of this server's life, or of a
    conversation. ``capabilities`` are those its files promise, ``probe`` what it did when it was
    last run to see; null where it never was.
    """

    id: str
    family: str | None
    quantization: Quantization | None
    dtype: str | None
    size_bytes: int
    context_length: int | None
    built_in: bool
    loaded: bool
    created_at: datetime | None
    last_used_at: datetime | None
    capabilities: ModelCapabilities | None
    problem: str | None
    probe: ProbeReply | None
    fit: Fit


class HubModelReply(BaseModel):
    """A model at the hub. ``size_bytes`` is what its repository holds (all revisions), null where
    the hub did not say; ``unsupported`` says why it could not run here, null is that it could.
    """

    id: str
    author: str | None
    downloads: int
    likes: int
    last_modified: datetime | None
    tags: list[str]
    gated: bool
    size_bytes: int | None
    family: str | None
    quantization: Quantization | None
    unsupported: str | None
    is_local: bool
    is_downloading: bool
    fit: Fit


class ModelConfigReply(BaseModel):
    """A model's ``config.json``, and where it was read."""

    id: str
    source: Literal["local", "hub"]
    config: dict[str, Any]


class ModelCapabilitiesReply(BaseModel):
    """What a model on this machine can do."""

    id: str
    capabilities: ModelCapabilities | None
    problem: str | None


class ModelCardReply(BaseModel):
    """A model's README in Markdown, without its metadata block; null where it has none."""

    id: str
    source: Literal["local", "hub"]
    markdown: str | None
