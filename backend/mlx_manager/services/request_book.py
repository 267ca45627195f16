"""Where records of finished requests go: the audit, the totals since the start, and whoever else
wants to hear of them."""

from collections.abc import Callable

from mlx_manager.mlx_server.core.record import RequestRecord
from mlx_manager.services.audit_row import audit_values, is_probe
from mlx_manager.services.audit_writer import AuditWriter
from mlx_manager.services.request_totals import RequestTotals


class RequestBook:
    """Implements ``mlx_server.core.record.Recorder``. ``keeps_text`` is a live setting."""

    def __init__(
        self,
        writer: AuditWriter,
        totals: RequestTotals,
        tell: Callable[[RequestRecord], None],
    ) -> None:
        self._writer = writer
        self._totals = totals
        self._tell = tell
        self.keeps_text = False

    def record(self, record: RequestRecord) -> None:
        """Take a finished record."""
        if is_probe(record):
            return
        self._totals.add(record)
        self._writer.add(audit_values(record))
        self._tell(record)
