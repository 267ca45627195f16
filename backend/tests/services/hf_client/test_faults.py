"""Exceptions of the hub's client, as faults with words."""

import errno

import httpx2
import pytest
from huggingface_hub.errors import FileMetadataError, LocalEntryNotFoundError, OfflineModeIsEnabled

from mlx_manager.services.hf_client.faults import CorruptFile, fault_of


def wrapped(cause: Exception) -> Exception:
    """As the client wraps what happened to one file."""
    try:
        try:
            raise cause
        except Exception as error:
            raise LocalEntryNotFoundError("An error happened while trying to locate") from error
    except LocalEntryNotFoundError as error:
        return error


@pytest.mark.parametrize(
    ("error", "code", "transient"),
    [
        (httpx2.ReadTimeout("slow"), "hub_slow", True),
        (httpx2.ConnectError("no route"), "hub_unreachable", True),
        (httpx2.RemoteProtocolError("cut"), "hub_unreachable", True),
        (OSError("Consistency check failed: file should be"), "hub_unreachable", True),
        (FileMetadataError("no commit"), "hub_garbage", False),
        (OfflineModeIsEnabled("off"), "offline", False),
        (OSError(errno.ENOSPC, "No space left on device"), "disk_full", False),
        (OSError(errno.EDQUOT, "Quota exceeded"), "disk_full", False),
        (PermissionError(errno.EACCES, "denied", "blobs"), "cache_not_writable", False),
        (CorruptFile("model.safetensors"), "corrupt", False),
        (ValueError("Expecting value"), "hub_garbage", False),
        (RuntimeError("nobody thought of this\nsecond line"), "download_failed", False),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_fault_has_its_code_bare_and_wrapped(
    error: Exception, code: str, transient: bool
) -> None:
    assert (fault_of(error, "a/b").code, fault_of(error, "a/b").transient) == (code, transient)
    if code != "download_failed":
        assert fault_of(wrapped(error), "a/b").code == code


def test_what_nobody_thought_of_is_named_in_one_line() -> None:
    message = fault_of(RuntimeError("out of luck\nsecond line"), "a/b").message
    assert message == "RuntimeError: out of luck"
