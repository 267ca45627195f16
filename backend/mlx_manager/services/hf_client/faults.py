"""What can go wrong at the hub, in words: for a search and for a download alike."""

import errno
from collections.abc import Iterator

from huggingface_hub.errors import (
    FileMetadataError,
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from mlx_manager.services.hf_client.messages import Fault

TOKEN_ADVICE = (
    "save a token of the hub in the settings, or set HF_TOKEN for the account that runs MLX Manager"
)
_GARBAGE = (
    "hub_garbage",
    "What answers is not the hub: perhaps a sign-in page of the network, or a proxy. Open the hub "
    "in a browser of this machine; check HF_ENDPOINT if it is set.",
)
_BY_KIND: dict[type[BaseException], tuple[str, str]] = {  # the narrower kinds first
    OfflineModeIsEnabled: (
        "offline",
        "HF_HUB_OFFLINE is set, so the hub is not asked. Unset it and start again.",
    ),
    FileMetadataError: _GARBAGE,
    GatedRepoError: (
        "hub_gated",
        "{model} is open only to those who accepted its conditions. Accept them on its page at "
        f"the hub, then {TOKEN_ADVICE}.",
    ),
    RepositoryNotFoundError: (
        "hub_not_found",
        "The hub has no model {model} that it shows us. Check the spelling; if the model is "
        f"private, {TOKEN_ADVICE}.",
    ),
    RevisionNotFoundError: ("hub_not_found", "The hub has {model}, but no such revision of it."),
}


class CorruptFile(Exception):
    """What came is not what the hub says the file is, twice."""


class NoWeights(Exception):
    """The repository has nothing that MLX could load."""


def fault_of(error: BaseException, model: str) -> Fault:
    """The fault behind an exception of the hub's client; it wraps some in others."""
    for each in _causes(error):
        fault = _ours(each) or _hubs(each, model) or _networks(each) or _disks(each)
        if fault is not None:
            return fault
    if any(isinstance(each, (ValueError, KeyError, TypeError)) for each in _causes(error)):
        return Fault(code=_GARBAGE[0], message=_GARBAGE[1])
    words = str(error).strip().splitlines() or [""]
    return Fault(code="download_failed", message=f"{type(error).__name__}: {words[0]}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    each: BaseException | None = error
    while each is not None:
        yield each
        each = each.__cause__ or each.__context__


def _ours(error: BaseException) -> Fault | None:
    if isinstance(error, CorruptFile):
        return Fault(
            code="corrupt",
            message=f"{error} arrived twice with contents that do not have the hash that the hub "
            "gives. Something between here and the hub changes files; try another network.",
        )
    if isinstance(error, NoWeights):
        return Fault(
            code="no_weights",
            message="The repository has no weights in safetensors format, which MLX reads. Look "
            "for an MLX conversion of the model, for example of mlx-community.",
        )
    return None


def _hubs(error: BaseException, model: str) -> Fault | None:
    for kind, (code, message) in _BY_KIND.items():
        if isinstance(error, kind):
            return Fault(code=code, message=message.format(model=model))
    if isinstance(error, HfHubHTTPError):
        return _by_status(error.response.status_code, error.response.headers.get("retry-after"))
    return None


def _by_status(status: int, retry_after: str | None) -> Fault | None:
    if status == 429:
        seconds = float(retry_after) if retry_after and retry_after.isdigit() else None
        return Fault(
            code="hub_rate_limited",
            message="The hub takes no more requests from here for a while. With a token the limit "
            f"is higher: {TOKEN_ADVICE}.",
            transient=True,
            retry_after=seconds,
        )
    if status in (401, 403):
        return Fault(
            code="hub_refused",
            message=f"The hub refused access (status {status}); the token may have expired or "
            f"lack the right. To use another, {TOKEN_ADVICE}.",
        )
    if status >= 500 or status == 408:
        return Fault(
            code="hub_failing",
            message=f"The hub fails at present (status {status}); nothing is wrong here.",
            transient=True,
        )
    return None


def _networks(error: BaseException) -> Fault | None:
    # By name: the client has changed its HTTP library twice, and the names have stayed.
    names = {kind.__name__ for kind in type(error).__mro__}
    if "TimeoutException" in names:
        return Fault(
            code="hub_slow",
            message="The hub did not answer in time; the network or the hub is very slow.",
            transient=True,
        )
    if names & {"ConnectError", "NetworkError", "RemoteProtocolError", "ProxyError"}:
        return Fault(
            code="hub_unreachable",
            message="The hub cannot be reached, or the connection broke. Check the network of "
            "this machine and its proxy settings.",
            transient=True,
        )
    if isinstance(error, OSError) and "Consistency check failed" in str(error):
        return Fault(
            code="hub_unreachable",
            message="The connection ended before a whole file had come.",
            transient=True,
        )
    return None


def _disks(error: BaseException) -> Fault | None:
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOSPC, errno.EDQUOT):
        return Fault(
            code="disk_full",
            message="The disk is full. Free some space and resume; what has come is kept.",
        )
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        assert isinstance(error, OSError)
        return Fault(
            code="cache_not_writable",
            message=f"{error.filename} cannot be written ({error.strerror}). Change its owner, or "
            "choose another place with MLX_MANAGER_HF_CACHE_PATH.",
        )
    return None
