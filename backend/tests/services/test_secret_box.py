"""Sealed texts open for those who sealed them, and for nobody else."""

import pytest

from mlx_manager.services.secret_box import SecretBox, SecretUnreadable

SECRET = b"0123456789abcdef0123456789abcdef"


def test_what_is_sealed_opens_and_shows_nothing_before() -> None:
    box = SecretBox(SECRET)
    sealed = box.seal("sk-very-secret ä", "provider:1")
    assert "secret" not in sealed
    assert box.seal("sk-very-secret ä", "provider:1") != sealed
    assert SecretBox(SECRET).open(sealed, "provider:1") == "sk-very-secret ä"


@pytest.mark.parametrize(
    "change", [lambda s: s[:-6] + "AAAA" + s[-2:], lambda _: "v1:", lambda _: "x"]
)
def test_an_altered_text_does_not_open(change: object) -> None:
    sealed = SecretBox(SECRET).seal("text", "purpose")
    assert callable(change)
    with pytest.raises(SecretUnreadable):
        SecretBox(SECRET).open(change(sealed), "purpose")


def test_another_purpose_or_another_secret_does_not_open_it() -> None:
    sealed = SecretBox(SECRET).seal("text", "provider:1")
    with pytest.raises(SecretUnreadable):
        SecretBox(SECRET).open(sealed, "provider:2")
    with pytest.raises(SecretUnreadable, match="Enter the key again"):
        SecretBox(b"x" * 32).open(sealed, "provider:1")
