"""A real process with open streams, ended as a person ends it."""

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from tests.fakes.tiny_models import make_model

MODEL = "tests/endless"
SHUTDOWN_SECONDS = 2
PASSWORD = "seven quiet herons by the weir"


class Served:
    """A running ``mlx-manager serve`` and one connection to it for each request."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        assert process.stdout is not None
        ready = process.stdout.readline()
        if not ready:
            _, said = process.communicate()
            raise AssertionError(f"it did not start: {said}")
        self.port = int(ready.split("http://127.0.0.1:")[1].split()[0])
        self._connections: list[HTTPConnection] = []

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        self._connections.append(connection)
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        return connection.getresponse()

    def answer(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        reply = self.ask(method, path, body, token)
        assert reply.status < 300, reply.read()
        return json.loads(reply.read())

    def end(self, number: signal.Signals) -> tuple[int, float, str]:
        """Exit status, seconds it took, and what was said on stderr."""
        began = monotonic()
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=30)
        return self.process.returncode, monotonic() - began, said

    def close(self) -> None:
        for connection in self._connections:
            connection.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def served(environment: dict[str, str], tmp_path: Path) -> Iterator[Served]:
    process = subprocess.Popen(
        [sys.executable, "-m", "mlx_manager", "serve", "--port", "0"],
        env={**environment, "MLX_MANAGER_HF_CACHE_PATH": str(tmp_path / "hub")},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with contextlib.closing(Served(process)) as running:
        yield running


@pytest.fixture
def endless_model(tmp_path: Path) -> str:
    """A model whose random weights never choose its end, in the cache's layout."""
    folder = tmp_path / "hub" / "models--tests--endless"
    make_model(folder / "snapshots" / "one", max_position_embeddings=1_000_000)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("one")
    return MODEL


def open_completion(served: Served, model: str) -> HTTPResponse:
    body = {
        "model": model,
        "messages": [{"role": "user", "content": "go on"}],
        "stream": True,
        "temperature": 0,
        "max_tokens": 900_000,
    }
    reply = served.ask("POST", "/v1/chat/completions", body)
    assert reply.status == 200, reply.read()
    assert reply.readline().startswith((b"data: ", b": "))
    return reply


def open_reply(served: Served, model: str) -> HTTPResponse:
    account = {"email": "owner@example.com", "password": PASSWORD}
    served.answer("POST", "/api/auth/register", account)
    token = served.answer("POST", "/api/auth/login", account)["access_token"]
    conversation = served.answer("POST", "/api/chat/conversations", {"model": model}, token)
    path = f"/api/chat/conversations/{conversation['id']}/messages"
    message = {"content": "go on", "temperature": 0, "max_tokens": 900_000}
    reply = served.answer("POST", path, message, token)["reply"]
    events = served.ask("GET", f"/api/chat/messages/{reply['id']}/events", token=token)
    assert events.readline().strip() == b"event: snapshot"
    return events


def complaints(said: str) -> list[str]:
    """Lines that are no ordinary log lines, and those that tell of an error."""
    return [line for line in said.splitlines() if " INFO " not in line]


def test_ctrl_c_ends_open_streams_of_both_halves(served: Served, endless_model: str) -> None:
    open_completion(served, endless_model)
    open_reply(served, endless_model)
    status, seconds, said = served.end(signal.SIGINT)
    assert status == 0, said
    assert seconds < SHUTDOWN_SECONDS
    assert complaints(said) == []


def test_ctrl_c_ends_a_model_that_is_being_loaded(served: Served, endless_model: str) -> None:
    connection = HTTPConnection("127.0.0.1", served.port, timeout=60)
    prompt = {"model": endless_model, "prompt": "go on", "max_tokens": 5}
    headers = {"content-type": "application/json"}
    connection.request("POST", "/v1/completions", json.dumps(prompt), headers)
    served.answer("GET", "/health")  # so that the request before it has arrived
    status, seconds, said = served.end(signal.SIGINT)
    connection.close()
    assert status == 0, said
    assert seconds < SHUTDOWN_SECONDS
    assert complaints(said) == []


def test_a_service_manager_s_signal_ends_it_with_status_zero(served: Served) -> None:
    served.answer("GET", "/health")
    status, seconds, said = served.end(signal.SIGTERM)
    assert status == 0, said
    assert seconds < SHUTDOWN_SECONDS


def test_a_second_ctrl_c_kills(served: Served) -> None:
    connection = HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.putrequest("POST", "/api/auth/login")
    connection.putheader("content-type", "application/json")
    connection.putheader("content-length", "1000")
    connection.endheaders(b"{")  # the rest never comes: the server would wait a moment for it
    served.answer("GET", "/health")
    served.process.send_signal(signal.SIGINT)
    assert served.process.stderr is not None
    while "Shutting down" not in (line := served.process.stderr.readline()):
        assert line, "it ended before it said that it would"
    status, _, _ = served.end(signal.SIGINT)
    assert status == 128 + signal.SIGINT
    connection.close()
