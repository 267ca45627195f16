"""What any reply of ``/v1`` must look like, whatever was asked."""

import json
from typing import Any

import httpx

ANTHROPIC = ("/messages", "/messages/count_tokens")
LAST_EVENT = {
    "/chat/completions": "[DONE]",
    "/completions": "[DONE]",
    "/messages": "message_stop",
    "/responses": "[DONE]",
}


def check(route: str, reply: httpx.Response) -> None:
    """A whole answer, or an error of the dialect that is the client's own fault."""
    assert reply.status_code == 200 or 400 <= reply.status_code < 500, reply.text[:500]
    assert reply.status_code != 422
    if reply.status_code != 200:
        check_error(route, reply)
    elif reply.headers["content-type"].startswith("text/event-stream"):
        check_stream(route, reply.text)
    else:
        assert "error" not in reply.json() or reply.json()["error"] is None


def check_error(route: str, reply: httpx.Response) -> None:
    """The dialect's shape, with words in it and the request's name on it."""
    body = reply.json()
    assert reply.headers["x-request-id"]
    if route in ANTHROPIC:
        assert body.keys() == {"type", "error", "request_id"}, body
        assert (body["type"], body["request_id"]) == ("error", reply.headers["request-id"])
        assert body["error"].keys() == {"type", "message"}, body
    else:
        assert body.keys() == {"error"}, body
        assert body["error"].keys() == {"message", "type", "param", "code"}, body
        assert isinstance(body["error"]["param"], str | None), body
    assert body["error"]["type"]
    assert 10 < len(body["error"]["message"]) < 1200, body
    assert "Traceback" not in body["error"]["message"]


def check_stream(route: str, text: str) -> None:
    """Ended as the dialect ends streams, without an error of the server's on the way."""
    frames = [_data(block) for block in text.split("\n\n") if "data: " in block]
    assert frames, text[:500]
    for frame in frames[:-1]:
        assert isinstance(frame, dict), frame
        assert not frame.get("error"), frame
        # In the background a response has begun before its schema is read.
        assert frame.get("type") != "error" or frame["code"] == "invalid_prompt", frame
    last = frames[-1] if isinstance(frames[-1], str) else frames[-1]["type"]
    assert last == LAST_EVENT[route], last


def _data(block: str) -> Any:
    lines = [line[6:] for line in block.split("\n") if line.startswith("data: ")]
    data = "\n".join(lines)
    return data if data == "[DONE]" else json.loads(data)
