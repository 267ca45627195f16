"""Sending a file's bytes: whole or a range, well or as a fault has it."""

import asyncio
import re
from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse

from tests.fakes.hub.content import HubFile
from tests.fakes.hub.faults import Fault

PIECE_BYTES = 16_384
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def send_file(
    file: HubFile,
    method: str,
    range_header: str | None,
    headers: dict[str, str],
    fault: Fault | None,
) -> Response:
    """200 with the whole, 206 with a range, 416 for one that the file does not have."""
    start, end, status = 0, file.size, 200
    headers = {"accept-ranges": "bytes", "etag": f'"{file.etag}"', **headers}
    wanted = _RANGE.fullmatch(range_header or "")
    if wanted is not None:
        start = int(wanted[1])
        end = min(int(wanted[2]) + 1, file.size) if wanted[2] else file.size
        if start >= file.size:
            return Response(status_code=416, headers={"content-range": f"bytes */{file.size}"})
        status = 206
        headers["content-range"] = f"bytes {start}-{end - 1}/{file.size}"
    headers["content-length"] = str(end - start)
    if method == "HEAD":
        return Response(status_code=status, headers=headers)
    body = _pieces(file.content[start:end], fault)
    return StreamingResponse(body, status_code=status, headers=headers)


async def _pieces(content: bytes, fault: Fault | None) -> AsyncIterator[bytes]:
    kind = fault.kind if fault else None
    if kind == "corrupt":
        content = bytes(byte ^ 0xFF for byte in content)
    sent = 0
    while sent < len(content):
        piece = content[sent : sent + PIECE_BYTES]
        if fault is not None and kind in ("cut", "hold") and not fault.lifted.is_set():
            piece = piece[: max(0, fault.after_bytes - sent)]
            if not piece:
                if kind == "cut":
                    raise ConnectionResetError("cut on command")
                await fault.lifted.wait()
                continue
        if fault is not None and kind == "slow" and not fault.lifted.is_set():
            await asyncio.sleep(len(piece) / fault.bytes_per_second)
        sent += len(piece)
        yield piece
