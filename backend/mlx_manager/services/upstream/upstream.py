"""One server that can be asked."""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

_STRICT_HOSTS = ("api.openai.com",)


class UpstreamKind(StrEnum):
    """Which dialect it speaks."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for a connection, for the first event (it may have a model to load), and for each
    further one."""

    connect_seconds: float = 5.0
    first_seconds: float = 300.0
    stall_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Upstream:
    """``name`` is for people and error messages. ``place`` is told to callers as the machine that
    answered; None for a process of this machine.

    ``base_url`` ends where ``/chat/completions`` or ``/messages`` begins. ``speaks_both`` says that
    an OpenAI server has ``/messages`` as well (another MLX Manager): it is used for what only that
    dialect can say. ``uses_proxy`` honours HTTP_PROXY and its siblings.
    """

    name: str
    base_url: str
    kind: UpstreamKind = UpstreamKind.OPENAI
    key: str | None = field(default=None, repr=False)
    place: str | None = None
    speaks_both: bool = False
    uses_proxy: bool = False
    patience: Patience = Patience()

    @property
    def takes_extensions(self) -> bool:
        """Whether it knows, or passes over, the fields that local servers have added to OpenAI's
        reference; OpenAI itself refuses a request for one field that it does not know."""
        return urlsplit(self.base_url).hostname not in _STRICT_HOSTS


def api_url(base_url: str) -> str:
    """``base_url`` as people give it, with the ``/v1`` that they leave out of a bare host."""
    trimmed = base_url.rstrip("/")
    return trimmed if urlsplit(trimmed).path else f"{trimmed}/v1"
