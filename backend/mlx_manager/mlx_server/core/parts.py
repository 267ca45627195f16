"""Parts of a JSON object that another server wrote: what is of another kind is not there."""

from collections.abc import Mapping
from typing import Any

MOST = 2**53 - 1
"""Of a count: what JSON's numbers hold exactly, and a database's columns hold as well."""


def part(value: Any, name: str) -> Mapping[str, Any]:
    """An object within an object, empty where there is none."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def text(value: Mapping[str, Any], name: str) -> str:
    """A string, empty where there is none."""
    found = value.get(name)
    return found if isinstance(found, str) else ""


def whole(value: Mapping[str, Any], name: str) -> int | None:
    """A count, None where there is none that could be one."""
    found = value.get(name)
    if not isinstance(found, int) or isinstance(found, bool):
        return None
    return found if 0 <= found <= MOST else None
