"""Logfire: nothing is imported, and nothing leaves the machine, without a token."""

import logging

from mlx_manager import __version__
from mlx_manager.mlx_server.config import MLXServerSettings


def configure_tracing(settings: MLXServerSettings) -> None:
    """Send our log lines as spans too, for both halves; standard logging stays as it is."""
    if not (settings.logfire_enabled and settings.logfire_token):
        return
    import logfire  # noqa: PLC0415  (0.3 s and its exporters, for those who asked)

    logfire.configure(
        token=settings.logfire_token,
        send_to_logfire=True,
        service_name="mlx-manager",
        service_version=__version__,
        console=False,
    )
    logging.getLogger("mlx_manager").addHandler(logfire.LogfireLoggingHandler())
