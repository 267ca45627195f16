"""Which settings an administrator may change while the server runs, and when each takes effect."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mlx_manager.config import ManagerSettings
from mlx_manager.mlx_server.config import MLXServerSettings
from mlx_manager.schemas.setting import TakesEffect


class Home(StrEnum):
    """Who reads a setting."""

    AUDIT = "audit"
    ROUTING = "routing"
    CHAT = "chat"
    MANAGER = "manager"
    INFERENCE = "inference"


PREFIXES = {Home.MANAGER: "MLX_MANAGER_", Home.INFERENCE: "MLX_SERVER_"}
"""Of the environment variables; settings that live in the database alone have none."""


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """One setting."""

    name: str
    home: Home
    takes_effect: TakesEffect
    description: str

    @property
    def default(self) -> Any:
        """What holds when nobody says otherwise."""
        if self.home in OWN_DEFAULTS:
            return OWN_DEFAULTS[self.home][self.name]
        settings = ManagerSettings if self.home is Home.MANAGER else MLXServerSettings
        return settings.model_fields[self.name].default

    @property
    def variable(self) -> str | None:
        """The environment variable that sets it."""
        prefix = PREFIXES.get(self.home)
        return None if prefix is None else prefix + self.name.upper()


AUDIT_DEFAULTS: dict[str, Any] = {"audit_retention_days": 90, "audit_keeps_prompts": False}
CHAT_DEFAULTS: dict[str, Any] = {"chat_retention_days": 0}
OWN_DEFAULTS: dict[Home, dict[str, Any]] = {
    Home.AUDIT: AUDIT_DEFAULTS,
    Home.ROUTING: {"routing_enabled": False},
    Home.CHAT: CHAT_DEFAULTS,
}

_ROWS: tuple[tuple[str, Home, TakesEffect, str], ...] = (
    (
        "audit_retention_days",
        Home.AUDIT,
        "now",
        "Days that audit rows are kept; 0 keeps them for ever. Usage sums always stay.",
    ),
    (
        "audit_keeps_prompts",
        Home.AUDIT,
        "now",
        "Keep the text of requests in the audit, where administrators can read it.",
    ),
    (
        "routing_enabled",
        Home.ROUTING,
        "now",
        "Let requests go to other servers, as the routing rules say.",
    ),
    (
        "chat_retention_days",
        Home.CHAT,
        "now",
        "Days after its last message that a chat is kept, anybody's; 0 keeps it for ever.",
    ),
    ("log_level", Home.MANAGER, "now", "How much the log tells."),
    ("max_models", Home.INFERENCE, "now", "Most models that are resident at a time."),
    (
        "idle_unload_seconds",
        Home.INFERENCE,
        "now",
        "Seconds after which an unused model is unloaded; 0 keeps it.",
    ),
    (
        "default_max_tokens",
        Home.INFERENCE,
        "now",
        "Most tokens of an answer whose request does not say.",
    ),
    ("max_body_mb", Home.INFERENCE, "now", "Largest body of a request to /v1, in MB."),
    (
        "keep_alive_seconds",
        Home.INFERENCE,
        "now",
        "Seconds of silence in a stream before a sign of life is sent.",
    ),
    (
        "load_wait_seconds",
        Home.INFERENCE,
        "restart",
        "Seconds that a request waits for its model to load; 0 waits as long as it takes.",
    ),
    ("max_memory_gb", Home.INFERENCE, "restart", "Most memory that models may use, in GiB."),
    ("prefix_cache_mb", Home.INFERENCE, "restart", "Memory for cached prefixes, in MiB; 0: none."),
    ("completion_batch_size", Home.INFERENCE, "restart", "Most answers written at a time."),
    ("prefill_batch_size", Home.INFERENCE, "restart", "Most prompts read at a time."),
    ("prefill_step_size", Home.INFERENCE, "restart", "Tokens of a prompt read in one step."),
    ("max_waiting", Home.INFERENCE, "restart", "Most requests that wait before one is refused."),
)

SPECS = {row[0]: SettingSpec(*row) for row in _ROWS}
