"""The manager as its own process, as a person starts it, and a key made as a person makes it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.manager import PASSWORD

BACKEND = Path(__file__).parents[2]
_READY = re.compile(r"is ready: (http://\S+)")


@contextmanager
def running_manager(home: Path) -> Iterator[str]:
    """``python -m mlx_manager serve`` on a free port with everything in ``home``; its URL."""
    environment = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(BACKEND),
        "MLX_MANAGER_DATABASE_PATH": str(home / "manager.db"),
        "MLX_MANAGER_LOG_DIR": str(home / "logs"),
        "MLX_SERVER_LOGFIRE_ENABLED": "false",
    }
    command = [sys.executable, "-m", "mlx_manager", "serve", "--port", "0"]
    log = home / "serve.log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            command, env=environment, cwd=home, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            ready = _READY.search(first)
            assert ready is not None, f"{first}\n{log.read_text(encoding='utf-8')}"
            yield ready[1]
        finally:
            process.terminate()
            process.communicate(timeout=30)  # its last word goes to the pipe
    assert process.returncode == 0, log.read_text(encoding="utf-8")


def make_key(url: str) -> str:
    """An account, signed in, and an API key of its own."""
    with httpx.Client(base_url=url, timeout=30) as client:
        who = {"email": "ada@example.com", "password": PASSWORD}
        client.post("/api/auth/register", json=who).raise_for_status()
        token = client.post("/api/auth/login", json=who).raise_for_status().json()["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        reply = client.post("/api/keys", json={"name": "conformance"}, headers=headers)
        return str(reply.raise_for_status().json()["key"])
