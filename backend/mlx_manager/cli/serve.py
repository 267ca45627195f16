"""``mlx-manager serve``: one process, everything in it."""

import importlib.util
import logging
import os
import socket
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from mlx_manager.cli.failure import fail
from mlx_manager.cli.settings import read_settings

if TYPE_CHECKING:
    from mlx_manager.cli.lifespan import Application
    from mlx_manager.config import ManagerSettings

LOGFIRE_FLUSH_MS = 300
LOG_LEVELS = "DEBUG, INFO, WARNING, ERROR or CRITICAL"


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on. Default: 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; 0 takes a free one. Default: 8080.")
    ] = None,
    log_level: Annotated[str | None, typer.Option(help=f"{LOG_LEVELS}. Default: INFO.")] = None,
) -> None:
    """Start the dashboard, /api and /v1. Ctrl-C stops it."""
    # Its plugin would import all of logfire with the first pydantic model: 0.1 s of the start.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "logfire-plugin")
    settings = read_settings(host, port, log_level)
    if importlib.util.find_spec("mlx") is None:
        fail("MLX is not installed. Install it: pip install mlx-manager (or: make setup)")
    sockets = _listen(settings)
    settings.port = sockets[0].getsockname()[1]
    with ExitStack() as held:
        for each in sockets:
            held.enter_context(each)
        _run(settings, sockets)


def _listen(settings: "ManagerSettings") -> list[socket.socket]:
    from mlx_manager.cli.listening import CannotListenError, listen

    try:
        return listen(settings.host, settings.port)
    except CannotListenError as error:
        fail(str(error))


def _run(settings: "ManagerSettings", sockets: list[socket.socket]) -> None:
    import uvicorn

    from mlx_manager.cli.lifespan import WatchedApplication
    from mlx_manager.cli.server import Server

    watched = WatchedApplication(_compose(settings))
    config = uvicorn.Config(watched, lifespan="on", log_config=None, access_log=False)
    server = Server(config, on_ready=lambda: _announce(settings), on_stopped=_leave)
    try:
        server.run(sockets=sockets)
    except SystemExit:
        _explain(watched.failure)


def _compose(settings: "ManagerSettings") -> "Application":
    from mlx_manager.errors import StartupError
    from mlx_manager.main import create_app

    try:
        return create_app(settings)
    except StartupError as error:
        fail(error.detail)


def _explain(failure: Exception | None) -> None:
    """One line for a failure that we know; the traceback of one that we do not."""
    from mlx_manager.errors import StartupError

    if isinstance(failure, StartupError):
        fail(failure.detail)
    if failure is not None:
        raise failure
    fail("the server did not start; the lines above say why")


def _announce(settings: "ManagerSettings") -> None:
    from mlx_manager.cli.listening import url_of

    url = url_of(settings.host, settings.port)
    typer.echo(f"MLX Manager is ready: {url}  (OpenAI base URL {url}/v1; Ctrl-C stops it)")


def _leave() -> None:
    """The application has closed all that it opened. What is left are threads in the middle of an
    import or a step: waiting for them helps nobody, and MLX aborts when Python is torn down under
    its thread."""
    typer.echo("MLX Manager has stopped.")
    if (logfire := sys.modules.get("logfire")) is not None:
        logfire.shutdown(timeout_millis=LOGFIRE_FLUSH_MS)  # else its exit handler would
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
