"""Every way a request under ``/api``, or the start of the server, can fail.

ManagerError
├── BadCursor               400 bad_cursor
├── NotSignedIn             401 not_signed_in
├── InvalidCredentials      401 invalid_credentials
├── WrongPassword           403 wrong_password
├── AccountPending          403 account_pending
├── AccountDisabled         403 account_disabled
├── AdministratorsOnly      403 administrators_only
├── HubGated                403 hub_gated
├── NotFound                404 not_found
├── HubNotFound             404 hub_not_found
├── MethodNotAllowed        405 method_not_allowed
├── EmailTaken              409 email_taken
├── LastAdministrator       409 last_administrator
├── ReplyRunning            409 reply_running
├── UnknownToolCall         409 unknown_tool_call
├── DownloadExists          409 download_exists
├── DownloadEnded           409 download_ended
├── ModelInUse              409 model_in_use
├── SettingFixed            409 setting_fixed
├── LaunchdConflict         409 launchd_missing, ...  (services.launch_agent)
├── SecretUnreadable        409 secret_unreadable     (services.secret_box)
├── RoutingConflict         409 provider_exists, ...  (services.routing.conflicts)
├── ProfileConflict         409 profile_in_use, ...   (services.profiles.conflicts)
├── BodyTooLarge            413 body_too_large
├── CrossOriginRefused      403 cross_origin_refused
├── UnknownHost             421 unknown_host
├── TooManyAttempts         429 too_many_attempts     (Retry-After)
├── HubFailed               502 hub_failed (or the fault's own code)
├── OfflineMode             503 offline_mode
├── HubBusy                 503 hub_rate_limited
├── ShuttingDown            503 shutting_down
├── HubSlow                 504 hub_slow
└── StartupError            the server cannot start; the command line prints one line
    ├── UnsafeSecret
    ├── DatabaseUnusable
    ├── DatabaseInUse
    └── DatabaseTooNew

Raised in the rooms, rendered by ``routers.error_replies``. A message says what to do next.
"""

from typing import ClassVar


class ManagerError(Exception):
    """The root: an HTTP status, a code for programs and a sentence for a person."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    def to_body(self) -> dict[str, str]:
        """The ``/api`` error body: ``{"detail", "code"}``."""
        return {"detail": self.detail, "code": self.code}

    def headers(self) -> dict[str, str]:
        """Reply headers that belong to this error."""
        return {"www-authenticate": "Bearer"} if self.status == 401 else {}


class BadCursor(ManagerError):
    """A list's cursor is not one we gave out."""

    status = 400
    code = "bad_cursor"


class NotSignedIn(ManagerError):
    """No token, or one that is expired, ended or not ours."""

    status = 401
    code = "not_signed_in"


class InvalidCredentials(ManagerError):
    """The e-mail address and password do not belong together; which is wrong is not told."""

    status = 401
    code = "invalid_credentials"


class WrongPassword(ManagerError):
    """The current password given to change it is not right."""

    status = 403
    code = "wrong_password"


class AccountPending(ManagerError):
    """An administrator has not approved the account yet."""

    status = 403
    code = "account_pending"


class AccountDisabled(ManagerError):
    """An administrator disabled the account."""

    status = 403
    code = "account_disabled"


class AdministratorsOnly(ManagerError):
    """Signed in, but not as an administrator."""

    status = 403
    code = "administrators_only"


class NotFound(ManagerError):
    """No such route or thing, or one of another user's."""

    status = 404
    code = "not_found"


class MethodNotAllowed(ManagerError):
    """The route exists, the method does not."""

    status = 405
    code = "method_not_allowed"


class EmailTaken(ManagerError):
    """An account with this e-mail address exists."""

    status = 409
    code = "email_taken"


class LastAdministrator(ManagerError):
    """The change would leave nobody in charge."""

    status = 409
    code = "last_administrator"


class ReplyRunning(ManagerError):
    """The conversation's previous reply is still being written."""

    status = 409
    code = "reply_running"


class UnknownToolCall(ManagerError):
    """A tool result answers no call of this conversation."""

    status = 409
    code = "unknown_tool_call"


class SettingFixed(ManagerError):
    """The environment sets this; what is saved would have no effect."""

    status = 409
    code = "setting_fixed"


class BodyTooLarge(ManagerError):
    """The request body is over the limit."""

    status = 413
    code = "body_too_large"


class CrossOriginRefused(ManagerError):
    """A web page from elsewhere tried to use this server."""

    status = 403
    code = "cross_origin_refused"


class UnknownHost(ManagerError):
    """The ``Host`` header names a machine we are not known as (DNS rebinding)."""

    status = 421
    code = "unknown_host"


class TooManyAttempts(ManagerError):
    """Too many passwords were tried for an account, or from an address."""

    status = 429
    code = "too_many_attempts"

    def __init__(self, detail: str, *, retry_after_seconds: int) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds

    def headers(self) -> dict[str, str]:
        return {**super().headers(), "retry-after": str(self.retry_after_seconds)}


class DownloadExists(ManagerError):
    """The model is being downloaded, or such a download can be resumed."""

    status = 409
    code = "download_exists"


class DownloadEnded(ManagerError):
    """The download is complete or cancelled; nothing more can be done with it."""

    status = 409
    code = "download_ended"


class ModelInUse(ManagerError):
    """The model cannot be deleted: something needs it, or it is part of the program."""

    status = 409
    code = "model_in_use"


class HubGated(ManagerError):
    """The hub shows this model only to those who accepted its conditions."""

    status = 403
    code = "hub_gated"


class HubNotFound(ManagerError):
    """The hub has no such model."""

    status = 404
    code = "hub_not_found"


class HubFailed(ManagerError):
    """The hub cannot be reached, fails, or what answers is not it."""

    status = 502
    code = "hub_failed"

    def __init__(self, detail: str, code: str = "hub_failed") -> None:
        super().__init__(detail)
        self._code = code

    def to_body(self) -> dict[str, str]:
        return {"detail": self.detail, "code": self._code}


class OfflineMode(ManagerError):
    """A setting says that the hub is not to be asked."""

    status = 503
    code = "offline_mode"


class HubBusy(ManagerError):
    """The hub takes no more requests for a while."""

    status = 503
    code = "hub_rate_limited"


class HubSlow(ManagerError):
    """The hub did not answer in time."""

    status = 504
    code = "hub_slow"


class ShuttingDown(ManagerError):
    """The server is on its way out and begins nothing new."""

    status = 503
    code = "shutting_down"


class StartupError(ManagerError):
    """The server cannot start; the message is one line that says what to change."""

    code = "startup_failed"


class UnsafeSecret(StartupError):
    """The token secret is missing its secrecy."""


class DatabaseUnusable(StartupError):
    """The database path cannot be read, written or understood."""


class DatabaseInUse(StartupError):
    """Another MLX Manager owns this database."""


class DatabaseTooNew(StartupError):
    """A newer version wrote this database; it is left as it is."""
