"""An error in Anthropic's words (docs.anthropic.com/en/api/errors)."""

import json
from typing import Any

from mlx_manager.mlx_server.errors import InferenceError

_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
}


def error_body(error: InferenceError, request_id: str) -> dict[str, Any]:
    """``{"type": "error", "error": {"type", "message"}, "request_id"}``.

    The status stays ours: 503 with Retry-After where Anthropic sends its own 529.
    """
    fallback = "api_error" if error.status >= 500 else "invalid_request_error"
    return {
        "type": "error",
        "error": {"type": _TYPES.get(error.status, fallback), "message": error.message},
        "request_id": request_id,
    }


def error_event(error: InferenceError, request_id: str) -> bytes:
    """An error after the first byte: the last event of its stream."""
    return f"event: error\ndata: {json.dumps(error_body(error, request_id))}\n\n".encode()
