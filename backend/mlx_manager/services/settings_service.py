"""Settings that an administrator changes while the server runs."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlmodel import select

from mlx_manager.config import ManagerSettings
from mlx_manager.db.columns import utc_now
from mlx_manager.db.engine import Database
from mlx_manager.db.settings import Setting
from mlx_manager.errors import SettingFixed
from mlx_manager.mlx_server.config import MLXServerSettings
from mlx_manager.schemas.setting import SettingReply, SettingsChange, SettingsReply, Source
from mlx_manager.services.log_setup import set_log_level
from mlx_manager.services.setting_specs import (
    AUDIT_DEFAULTS,
    CHAT_DEFAULTS,
    PREFIXES,
    SPECS,
    Home,
    SettingSpec,
)

logger = logging.getLogger(__name__)

# What the composition root sets for the embedded app, whatever the environment says.
_COMPOSED = {"embedded_mode", "hf_cache_path", "database_path", "max_memory_percent", "log_level"}


@dataclass
class AuditSettings:
    """The audit's own settings as they are in force."""

    audit_retention_days: int = AUDIT_DEFAULTS["audit_retention_days"]
    audit_keeps_prompts: bool = AUDIT_DEFAULTS["audit_keeps_prompts"]


@dataclass
class RoutingSettings:
    """Whether anything may leave this machine at all."""

    routing_enabled: bool = False


@dataclass
class ChatSettings:
    """The chats' own settings as they are in force."""

    chat_retention_days: int = CHAT_DEFAULTS["chat_retention_days"]


class SettingsService:
    """Saved values over defaults, below what the environment sets.

    Each value lives in one of five objects, which their readers look at; ``on_change`` is called
    after values of those changed that take effect at once.
    """

    def __init__(
        self,
        database: Database,
        manager: ManagerSettings,
        inference: MLXServerSettings,
        on_change: Callable[[], None],
    ) -> None:
        self.audit = AuditSettings()
        self.routing = RoutingSettings()
        self.chat = ChatSettings()
        self._database = database
        self._homes: Mapping[Home, object] = {
            Home.AUDIT: self.audit,
            Home.ROUTING: self.routing,
            Home.CHAT: self.chat,
            Home.MANAGER: manager,
            Home.INFERENCE: inference,
        }
        self._fixed = {
            Home.AUDIT: set[str](),
            Home.ROUTING: set[str](),
            Home.CHAT: set[str](),
            Home.MANAGER: set(manager.model_fields_set),
            Home.INFERENCE: inference.model_fields_set - _COMPOSED,
        }
        self._on_change = on_change
        self._saved: dict[str, Any] = {}

    async def load(self) -> None:
        """Put every saved value in force; called before anything reads them."""
        async with self._database.reading() as session:
            rows = (await session.exec(select(Setting))).all()
        for row in rows:
            spec = SPECS.get(row.name)
            try:
                change = SettingsChange.model_validate({row.name: row.value})
            except ValidationError:
                spec = None
            if spec is None:
                logger.warning("The saved setting %s is not one of this version's", row.name)
                continue
            self._saved[row.name] = getattr(change, row.name)
            if not self._is_fixed(spec):
                self._put(spec, self._saved[row.name])
        self._announce()

    def show(self) -> SettingsReply:
        """Every setting as it is."""
        items = [self._shown(spec) for spec in SPECS.values()]
        waiting = [item.name for item in items if item.value != item.running]
        return SettingsReply(items=items, needs_restart=waiting)

    async def change(self, change: SettingsChange) -> SettingsReply:
        """Save what was given, all of it or nothing. Raises ``SettingFixed``."""
        wanted = {name: getattr(change, name) for name in change.model_fields_set}
        for name in wanted:
            self._require_free(SPECS[name])
        async with self._database.writing() as session:
            for name, value in wanted.items():
                row = await session.get(Setting, name)
                if value is None:
                    if row is not None:
                        await session.delete(row)
                    continue
                row = row or Setting(name=name, value=value)
                row.value, row.updated_at = value, utc_now()
                session.add(row)
        for name, value in wanted.items():
            self._saved[name] = value
            if value is None:
                del self._saved[name]
            if SPECS[name].takes_effect == "now":
                self._put(SPECS[name], SPECS[name].default if value is None else value)
        self._announce()
        return self.show()

    def _announce(self) -> None:
        set_log_level(self._running(SPECS["log_level"]))
        self._on_change()

    def _shown(self, spec: SettingSpec) -> SettingReply:
        running, fixed = self._running(spec), self._is_fixed(spec)
        value = self._saved.get(spec.name, spec.default)
        source: Source = "saved" if spec.name in self._saved else "default"
        return SettingReply(
            name=spec.name,
            description=spec.description,
            value=running if fixed else value,
            running=running,
            default=spec.default,
            source="environment" if fixed else source,
            takes_effect=spec.takes_effect,
            variable=spec.variable,
        )

    def _running(self, spec: SettingSpec) -> Any:
        return getattr(self._homes[spec.home], spec.name)

    def _put(self, spec: SettingSpec, value: Any) -> None:
        setattr(self._homes[spec.home], spec.name, value)

    def _is_fixed(self, spec: SettingSpec) -> bool:
        return spec.name in self._fixed[spec.home]

    def _require_free(self, spec: SettingSpec) -> None:
        if self._is_fixed(spec):
            raise SettingFixed(
                f"{spec.name} is set by the environment ({PREFIXES[spec.home]}{spec.name.upper()}) "
                "or the command line; take it out there to change it here. Nothing was changed."
            )
