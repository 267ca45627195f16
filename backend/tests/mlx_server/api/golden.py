"""Exchanges on the wire, held against ``tests/golden``, where a person can read them.

A change on purpose is written with ``UPDATE_GOLDEN=1`` and read in review.
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from mlx_manager.mlx_server.errors import EngineFailed, InferenceError, Overloaded
from tests.fakes.script import Fail, Say, Script
from tests.mlx_server.conftest import Server

GOLDEN = Path(__file__).parents[2] / "golden"
HEADERS = ("content-type", "cache-control", "server-timing", "retry-after")
CALL = '<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call>'

# A fake token is a byte; several at once read better.
GREETING = Script.of(Say("Hello!", 3))
THINKING = Script.of(Say("<think>\nLet me see.\n</think>\n\nYes.", 8))
CALLING = Script.of(Say(f"Let me look.\n{CALL}\n{CALL}", 8))
BROKEN = Script.of(Say("Half", 4), Fail(EngineFailed("The engine failed: a bad kernel.")))
BUSY = Overloaded("There is no room at present. Try again shortly.", retry_after_seconds=5)

_FRESH_ID = re.compile(
    r"(chatcmpl-|cmpl-|call_|msg_|req_|resp_|rs_|fc_)([0-9a-f]{32}|[0-9a-f]{24})"
)
_MOMENT = re.compile(r'"(created|created_at|completed_at)":( ?)\d+')


@dataclass(frozen=True)
class Exchange:
    """One request, and what the engine says to it; kept in a file of its ``name``."""

    name: str
    path: str
    body: dict[str, Any]
    script: Script = GREETING
    submit_error: InferenceError | None = None

    async def check(self, server: Server, client: httpx.AsyncClient) -> None:
        """Make the request and compare."""
        server.engine.default = self.script
        server.engine.submit_error = self.submit_error
        transcript = self._transcript(await client.post(self.path, json=self.body))
        file = GOLDEN / f"{self.name}.txt"
        if os.environ.get("UPDATE_GOLDEN"):
            file.write_text(transcript, encoding="utf-8")
        assert transcript == file.read_text(encoding="utf-8")

    def _transcript(self, reply: httpx.Response) -> str:
        body = reply.text
        if reply.headers["content-type"] == "application/json":
            body = json.dumps(reply.json(), indent=2, ensure_ascii=False) + "\n"
        lines = [
            f"POST /v1{self.path}",
            json.dumps(self.body, indent=2),
            "",
            f"{reply.status_code} {reply.reason_phrase}",
            *(f"{name}: {reply.headers[name]}" for name in HEADERS if name in reply.headers),
            "",
            body,
        ]
        text = _FRESH_ID.sub(r"\1ID", "\n".join(lines))
        return _MOMENT.sub(r'"\1":\g<2>0', text)
