"""The raw body of a request -> one JSON object, or a 4xx that says why not."""

import asyncio
import json
from typing import Any

from fastapi import Request
from pydantic_core import from_json
from starlette.requests import ClientDisconnect

from mlx_manager.mlx_server.config import MIB
from mlx_manager.mlx_server.core.record import MOST_TEXT, current_record
from mlx_manager.mlx_server.errors import BadRequest, BodyTooLarge, ClientGone

_BIG = 256 * 1024
_PATIENCE = 8


async def read_json(request: Request) -> dict[str, Any]:
    """The body as a JSON object; its content type is not looked at, as clients get it wrong.

    Raises ``BodyTooLarge`` over ``settings.max_body_mb``, ``BadRequest`` for anything that is not
    a JSON object in UTF-8, ``ClientGone``.
    """
    raw = await _read_raw(request, request.app.state.settings.max_body_mb)
    # Parsing holds the interpreter but not the loop's turn: other streams run in between.
    value = await asyncio.to_thread(parse_json, raw) if len(raw) > _BIG else parse_json(raw)
    if not isinstance(value, dict):
        raise BadRequest("The request body must be a JSON object.")
    if (record := current_record()).keeps_text:
        record.keep_text(raw[: 4 * MOST_TEXT].decode("utf-8", "replace"))
    return value


async def _read_raw(request: Request, limit_mb: int) -> bytes:
    limit = limit_mb * MIB
    pieces: list[bytes] = []
    size = 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > limit * _PATIENCE:
                break
            if size <= limit:
                pieces.append(piece)
            else:
                # Read on and throw away: a client that is still sending would see a reset
                # connection instead of the reply.
                pieces.clear()
    except ClientDisconnect:
        raise ClientGone("The client left while sending its request.") from None
    if size > limit:
        raise BodyTooLarge(
            f"The request body is over the limit of {limit_mb} MB. Send less, or raise "
            "MLX_SERVER_MAX_BODY_MB."
        )
    return b"".join(pieces)


def parse_json(raw: bytes) -> Any:
    """Strict JSON (RFC 8259: no NaN), nested at most some 200 levels.

    A lone surrogate, half an emoji that a client cut off, becomes U+FFFD rather than an error.
    """
    if not raw.strip():
        raise BadRequest("The request body is empty; it must be a JSON object.")
    try:
        return from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        reason = str(error)
    if "hex escape" in reason:
        return parse_json(_mend_surrogates(raw))
    if "recursion" in reason:
        raise BadRequest("The request body is nested too deeply; 200 levels are the limit.")
    raise BadRequest(f"The request body is not valid JSON: {reason}.")


def _mend_surrogates(raw: bytes) -> bytes:
    try:
        text = json.dumps(json.loads(raw), ensure_ascii=False)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The request body is not valid JSON: {error}.") from None
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
