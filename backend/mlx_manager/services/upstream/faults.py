"""An upstream's refusal -> one of the house's errors, and what each means for trying another."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json

from mlx_manager.mlx_server.core.parts import part, text
from mlx_manager.mlx_server.errors import (
    BadRequest,
    BodyTooLarge,
    ContextExceeded,
    InferenceError,
    InsufficientMemory,
    ModelNotFound,
    Overloaded,
    RateLimited,
    UpstreamFailed,
    UpstreamSlow,
)
from mlx_manager.services.upstream.upstream import Upstream


class NoWords(BadRequest):
    """What is asked cannot be said to this server: another may understand it."""


class RouteMissing(UpstreamFailed):
    """The server has nothing at the address that was asked."""


_MOST_SHOWN = 300
_MOST_RETRY_SECONDS = 86_400
_RETRY_SECONDS = 5
_OF_THE_REQUEST = (BadRequest, BodyTooLarge)


_BY_STATUS: Mapping[int, type[InferenceError]] = {
    408: UpstreamSlow,
    413: BodyTooLarge,
    429: RateLimited,
    503: Overloaded,
    504: UpstreamSlow,
    507: InsufficientMemory,
    529: Overloaded,  # Anthropic's own
}
_WAITING = (RateLimited, Overloaded)
_NO_ROUTE = (404, 405, 501)
_KEY_REFUSED = "refused the key that this server sent. An administrator can enter another one."
_REASONS = {
    300: (
        "redirects elsewhere, which is not followed. An administrator can enter the address that "
        "it redirects to."
    ),
    401: _KEY_REFUSED,
    403: _KEY_REFUSED,
}


def is_of_the_request(error: BaseException) -> bool:
    """Whether any other server would say the same: then none is asked."""
    return isinstance(error, _OF_THE_REQUEST) and not isinstance(error, NoWords)


def telling(before: InferenceError | None, error: InferenceError) -> InferenceError:
    """Of two places in a row that did not answer, the one whose error counts: the later one's,
    unless it could not be asked at all while the other server may be well again soon."""
    may_recover = isinstance(before, (UpstreamFailed, *_WAITING))
    return before if before and may_recover and isinstance(error, NoWords) else error


def no_route(upstream: Upstream, route: str) -> NoWords:
    """The refusal of a question that a server has no route for."""
    return NoWords(
        f"{upstream.name}, where this model is routed, has no {route}. Name a model of this "
        "machine, or have an administrator route this one to a server that has it.",
        param="model",
    )


def refusal(
    upstream: Upstream, status: int, headers: Mapping[str, str], body: bytes
) -> InferenceError:
    """The error for a reply that is no answer."""
    said = _error_of(body)
    message = shown(text(said, "message")) or f"HTTP status {status}"
    told = f"{upstream.name} said: {message}"
    if status in (400, 422):
        is_long = said.get("code") == ContextExceeded.code or "context length" in message.lower()
        return (ContextExceeded if is_long else BadRequest)(told, param=text(said, "param") or None)
    if status == 404 and "model" in f"{text(said, 'code')} {message}".lower():
        return ModelNotFound(told, param="model")
    if (kind := _BY_STATUS.get(status)) is not None:
        wait = _retry_seconds(headers) if issubclass(kind, _WAITING) else None
        return kind(told, retry_after_seconds=wait)
    # What is said of a key may hold a part of it.
    reason = _REASONS.get(status // 100 * 100 if status < 400 else status)
    failed = RouteMissing if status in _NO_ROUTE else UpstreamFailed
    return failed(f"{upstream.name} {reason}" if reason else f"{told} ({status}).")


def late_refusal(name: str, said: Any) -> InferenceError:
    """The error that a stream tells after its beginning."""
    error = said if isinstance(said, dict) else {"message": said}
    kind = f"{text(error, 'type')} {text(error, 'code')}"
    told = f"{name} failed while it answered: {shown(text(error, 'message')) or 'no reason given'}"
    if "overloaded" in kind:
        return Overloaded(told, retry_after_seconds=_RETRY_SECONDS)
    if "rate_limit" in kind:
        return RateLimited(told, retry_after_seconds=_RETRY_SECONDS)
    return UpstreamFailed(told)


def shown(message: str) -> str:
    """A stranger's text, as far as it can be shown."""
    printable = "".join(each if each.isprintable() else " " for each in message)
    return printable if len(printable) <= _MOST_SHOWN else f"{printable[:_MOST_SHOWN]}..."


def _error_of(body: bytes) -> Mapping[str, Any]:
    """``{"error": {...}}`` of OpenAI and Anthropic, ``{"error": "..."}`` of Ollama, FastAPI's
    ``{"detail": "..."}``; of anything else nothing is shown, it may be a page."""
    try:
        value = from_json(body)
    except ValueError:
        return {}
    if not isinstance(value, dict):
        return {}
    if found := part(value, "error"):
        return found
    return {"message": text(value, "error") or text(value, "detail") or text(value, "message")}


def _retry_seconds(headers: Mapping[str, str]) -> int:
    """What it asks for; a date is not read."""
    value = headers.get("retry-after", "")
    is_number = value.isascii() and value.isdigit() and len(value) < 10
    return min(int(value), _MOST_RETRY_SECONDS) if is_number else _RETRY_SECONDS
