"""An application on a real socket, in a thread of its own, for tests that share a loaded model."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from mlx_manager.cli.listening import listen
from mlx_manager.mlx_server.config import KEEP_ALIVE_SECONDS


@contextmanager
def served_in_thread(app: Any) -> Iterator[str]:
    """Its URL, without a path; the server has ended when the block has."""
    config = uvicorn.Config(
        app, log_config=None, timeout_graceful_shutdown=1, timeout_keep_alive=KEEP_ALIVE_SECONDS
    )
    [listener] = listen("127.0.0.1", 0)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
