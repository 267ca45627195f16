"""A line in the log of a model's process for each answer it gave, never with what it said."""

import logging

from mlx_manager.mlx_server.core.record import RequestRecord

logger = logging.getLogger(__name__)


class RelayLog:
    """A ``Recorder``. The books are the manager's, and health checks are no requests."""

    keeps_text = False

    def record(self, record: RequestRecord) -> None:
        """Tell of one that reached a model."""
        if record.model is None:
            return
        failed = f" ({record.error})" if record.error else ""
        logger.log(
            logging.WARNING if record.status >= 400 else logging.INFO,
            "%s %d%s: %d tokens read, %d written, %.2f s",
            *(record.request_id, record.status, failed),
            *(record.usage.prompt_tokens, record.usage.completion_tokens, record.seconds),
        )
