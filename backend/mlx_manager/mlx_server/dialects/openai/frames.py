"""Pieces of JSON and of server-sent events, made without building objects.

A chunk is written once a token on the event loop: its head and tail are made once a request, and
only the new text is quoted. Source of the framing: the WHATWG HTML standard, 9.2.
"""

import json
from json.encoder import encode_basestring

from mlx_manager.mlx_server.core.events import PromptProgress
from mlx_manager.mlx_server.errors import InferenceError

DONE = b"data: [DONE]\n\n"
KEEP_ALIVE = b": keep-alive\n\n"

# Line ends to Unicode (and to Python's splitlines, which some clients cut streams with), though
# neither to JSON nor to the standard.
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def quoted(text: str) -> str:
    """``text`` as a JSON string, as readable as it was."""
    written = encode_basestring(text)
    return written if written.isascii() else written.translate(_LINE_ENDS)


def progress_comment(progress: PromptProgress | None) -> bytes:
    """A comment that keeps the connection alive, with prompt tokens done of all."""
    if progress is None:
        return KEEP_ALIVE
    return f": progress {progress.processed}/{progress.total}\n\n".encode()


def error_event(error: InferenceError) -> bytes:
    """An error after the first byte: the last event of its stream."""
    return f"data: {json.dumps(error.to_openai())}\n\n".encode()
