"""Every way a ``/v1`` request can fail.

InferenceError
├── BadRequest            400 invalid_request_error   (param names the field)
│   └── ContextExceeded   400 context_length_exceeded
├── Unauthorized          401 invalid_api_key
├── Forbidden             403 forbidden
├── ModelNotFound         404 model_not_found         (says what is available)
├── AdapterNotFound       404 adapter_not_found
├── NotFound              404 not_found
├── MethodNotAllowed      405 method_not_allowed
├── InvalidModel          400 invalid_model           (names the file and the reason)
├── BodyTooLarge          413 request_too_large
├── RateLimited           429 rate_limit_exceeded     (Retry-After)
├── ClientGone            499 client_disconnected     (logged, never sent)
├── EngineFailed          500 engine_failed
├── UpstreamFailed        502 upstream_failed         (another server was to answer)
│   └── UpstreamSlow      504 upstream_timeout
├── Overloaded            503 overloaded              (Retry-After)
└── InsufficientMemory    507 insufficient_memory     (never fits)

Raised in the rooms, rendered at the door in the caller's dialect. A message says what was wrong,
what was allowed, and what to do next.
"""

from typing import Any, ClassVar

_LONGEST_RETRY_SECONDS = 60


class InferenceError(Exception):
    """The root: an HTTP status, an OpenAI error type and code, and a sentence for a person."""

    status: ClassVar[int] = 500
    type: ClassVar[str] = "server_error"
    code: ClassVar[str | None] = None

    def __init__(
        self, message: str, *, param: str | None = None, retry_after_seconds: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.retry_after_seconds = retry_after_seconds

    def to_openai(self) -> dict[str, Any]:
        """The OpenAI error body: ``{"error": {"message", "type", "param", "code"}}``."""
        return {
            "error": {
                "message": self.message,
                "type": self.type,
                "param": self.param,
                "code": self.code,
            }
        }

    def headers(self) -> dict[str, str]:
        """Reply headers that belong to this error."""
        if self.retry_after_seconds is None:
            return {}
        return {"retry-after": str(self.retry_after_seconds)}


class BadRequest(InferenceError):
    """A parameter is wrong; ``param`` names it."""

    status = 400
    type = "invalid_request_error"


class ContextExceeded(BadRequest):
    """The prompt does not fit the model's context."""

    code = "context_length_exceeded"


class InvalidModel(BadRequest):
    """The model's files are broken, partial or of an unsupported architecture."""

    code = "invalid_model"


class Unauthorized(InferenceError):
    """Nobody we know."""

    status = 401
    type = "authentication_error"
    code = "invalid_api_key"

    def headers(self) -> dict[str, str]:
        return {**super().headers(), "www-authenticate": "Bearer"}


class Forbidden(InferenceError):
    """Known, but not allowed to do this."""

    status = 403
    type = "permission_error"
    code = "forbidden"


class NotFound(InferenceError):
    """No such route or thing."""

    status = 404
    type = "invalid_request_error"
    code = "not_found"


class ModelNotFound(NotFound):
    """No model of that name can be served."""

    code = "model_not_found"


class AdapterNotFound(NotFound):
    """No adapter of that name can be put on a model."""

    code = "adapter_not_found"


class MethodNotAllowed(InferenceError):
    """The route exists, the method does not."""

    status = 405
    type = "invalid_request_error"
    code = "method_not_allowed"


class BodyTooLarge(InferenceError):
    """The request body is over the limit."""

    status = 413
    type = "invalid_request_error"
    code = "request_too_large"


class RateLimited(InferenceError):
    """The caller has done all that it may for now; ``retry_after_seconds`` says until when."""

    status = 429
    type = "rate_limit_error"
    code = "rate_limit_exceeded"

    def headers(self) -> dict[str, str]:
        """With what keeps SDKs from trying again in vain: they wait a minute at most."""
        again = (self.retry_after_seconds or 0) <= _LONGEST_RETRY_SECONDS
        return {**super().headers(), "x-should-retry": "true" if again else "false"}


class ClientGone(InferenceError):
    """The client left before an answer; only ever logged."""

    status = 499
    code = "client_disconnected"


class EngineFailed(InferenceError):
    """The engine's loop threw while this request was in it."""

    code = "engine_failed"


class UpstreamFailed(InferenceError):
    """Another server was to answer, and did not, or not to the end."""

    status = 502
    code = "upstream_failed"


class UpstreamSlow(UpstreamFailed):
    """Another server was to answer, and said nothing in time."""

    status = 504
    code = "upstream_timeout"


class Overloaded(InferenceError):
    """Nothing fits at present; ``retry_after_seconds`` says when to come back."""

    status = 503
    code = "overloaded"


class InsufficientMemory(InferenceError):
    """The model can never fit the memory budget."""

    status = 507
    code = "insufficient_memory"
