"""The administrator of a server under measurement, for what is set up over ``/api``."""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_WHO = {"email": "bench@example.com", "password": "a quiet instrument"}


@dataclass(frozen=True)
class Account:
    """Signed in; each question is a connection of its own."""

    port: int
    token: str

    @classmethod
    def registered(cls, port: int) -> "Account":
        """The first account of a new server."""
        _send(port, "/api/auth/register", _WHO)
        return cls(port, str(_send(port, "/api/auth/login", _WHO)["access_token"]))

    def ask(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """GET, or POST where there is a body. Raises ``HTTPError`` for a refusal."""
        return _send(self.port, path, body, self.token)


def _send(
    port: int, path: str, body: Mapping[str, Any] | None, token: str | None = None
) -> dict[str, Any]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "content-type": "application/json",
            **({} if token is None else {"authorization": f"Bearer {token}"}),
        },
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        read: dict[str, Any] = json.loads(reply.read())
    return read
