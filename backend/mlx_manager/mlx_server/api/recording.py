"""A record for each request: opened at the door, filled on the way, handed over at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.datastructures import Headers
from starlette.types import Message, Scope, Send

from mlx_manager.mlx_server.core.record import (
    CLIENT_LEFT,
    NoRecorder,
    Recorder,
    RequestRecord,
    recording,
)

MOST_AGENT = 200
MOST_PATH = 500
_NOBODY = NoRecorder()


def new_record(scope: Scope, name: str, method: str) -> RequestRecord:
    """The record of an HTTP request or a message on a socket; the app's state says for whom."""
    recorder: Recorder = getattr(scope["app"].state, "recorder", _NOBODY)
    client = scope.get("client")
    return RequestRecord(
        request_id=name,
        method=method,
        path=_printable(scope["path"], MOST_PATH),
        client=client[0] if client else None,
        agent=_printable(Headers(scope=scope).get("user-agent", ""), MOST_AGENT),
        keeps_text=recorder.keeps_text,
        deliver=recorder.record,
    )


@contextmanager
def recorded(scope: Scope, name: str, send: Send) -> Iterator[Send]:
    """Around one HTTP request, which answers by the ``send`` that this gives.

    The record's status is the reply's, unless a room said otherwise; 499 for a reply that was not
    sent to its end.
    """
    complete = False

    async def send_watched(message: Message) -> None:
        nonlocal complete
        if message["type"] == "http.response.start":
            # What goes on after the reply may have failed before it was sent.
            record.status = record.status if record.error else message["status"]
        elif message["type"] == "http.response.body":
            complete = not message.get("more_body", False)
        await send(message)

    with recording(new_record(scope, name, scope["method"])) as record:
        try:
            yield send_watched
        except Exception:
            record.fail(500, record.error or "internal_error")
            raise
        finally:
            if not complete and record.error is None:
                record.fail(CLIENT_LEFT, "client_disconnected")


def _printable(text: str, most: int) -> str:
    """Nothing that a table or a terminal would stumble over."""
    return (text if text.isprintable() else ascii(text))[:most]
