"""Everything that keeps count of requests, opened and closed together."""

from collections.abc import Callable
from dataclasses import dataclass

from mlx_manager.config import ManagerSettings
from mlx_manager.db.engine import Database
from mlx_manager.mlx_server.config import MLXServerSettings
from mlx_manager.mlx_server.core.record import RequestRecord
from mlx_manager.services.audit_purge import AuditPurge
from mlx_manager.services.audit_service import AuditService
from mlx_manager.services.audit_writer import AuditWriter
from mlx_manager.services.chat_purge import ChatPurge
from mlx_manager.services.inference import Inference
from mlx_manager.services.request_book import RequestBook
from mlx_manager.services.request_totals import RequestTotals
from mlx_manager.services.settings_service import SettingsService
from mlx_manager.services.usage_service import UsageService


@dataclass(frozen=True, slots=True)
class Bookkeeping:
    """``book`` is where the doors hand in finished requests; the rest reads or keeps them."""

    settings: SettingsService
    totals: RequestTotals
    writer: AuditWriter
    book: RequestBook
    purge: AuditPurge
    chat_purge: ChatPurge
    audit: AuditService
    usage: UsageService

    async def open(self) -> None:
        """Put saved settings in force, before anybody reads them, and begin to write."""
        await self.settings.load()
        await self.writer.start()
        self.purge.job.start()
        self.chat_purge.job.start()

    async def close(self) -> None:
        """Write what waits; called when nothing that could be recorded is left."""
        await self.purge.job.close()
        await self.chat_purge.job.close()
        await self.writer.close()


def make_bookkeeping(
    settings: ManagerSettings,
    database: Database,
    inference: Inference,
    running: MLXServerSettings,
    tell: Callable[[RequestRecord], None],
) -> Bookkeeping:
    """Wire it; ``running`` are the inference app's settings in force, and ``tell`` hears of every
    request as well."""
    totals, writer = RequestTotals(), AuditWriter(database)
    book = RequestBook(writer, totals, tell)

    def settings_changed() -> None:
        book.keeps_text = live.audit.audit_keeps_prompts
        inference.adopt(running)
        purge.job.run_now()
        chat_purge.job.run_now()

    live = SettingsService(database, settings, running, settings_changed)
    purge = AuditPurge(database, lambda: live.audit.audit_retention_days)
    chat_purge = ChatPurge(database, lambda: live.chat.chat_retention_days)
    return Bookkeeping(
        settings=live,
        totals=totals,
        writer=writer,
        book=book,
        purge=purge,
        chat_purge=chat_purge,
        audit=AuditService(database, writer),
        usage=UsageService(database),
    )
