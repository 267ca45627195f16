"""Which passwords are refused: short ones, and long ones that everybody tries first."""

from functools import cache
from pathlib import Path

MINIMUM_LENGTH = 12
_FEWEST_DISTINCT = 5


@cache
def _common_passwords() -> frozenset[str]:
    text = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(text.splitlines())


def check_password(password: str) -> str:
    """Return ``password`` unchanged, or raise ``ValueError`` with what to choose instead."""
    if len(password) < MINIMUM_LENGTH:
        raise ValueError(f"choose a password of at least {MINIMUM_LENGTH} characters")
    if len(set(password)) < _FEWEST_DISTINCT:
        raise ValueError("this password repeats a few characters; choose a less regular one")
    if password.casefold() in _common_passwords():
        raise ValueError("this password is among the first that are tried; choose another one")
    return password
