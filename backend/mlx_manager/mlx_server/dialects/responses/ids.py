"""Ids of responses and of their items; an item's id tells which response it belongs to, so that
an ``item_reference`` is found without an index."""

import re
import secrets

_FIRST_INPUT = 0x8000
_ITEM = re.compile(r"[a-z]+_([0-9a-f]{32})[0-9a-f]{4,}")


def new_response_id() -> str:
    """A fresh id that nobody can guess."""
    return f"resp_{secrets.token_hex(16)}"


def output_item_id(prefix: str, response_id: str, index: int) -> str:
    """The id of the output item at ``index``; ``prefix`` is msg, rs or fc."""
    return f"{prefix}_{response_id.removeprefix('resp_')}{index:04x}"


def input_item_id(prefix: str, response_id: str, index: int) -> str:
    """The id of the input item at ``index``, different from those of all output items."""
    return output_item_id(prefix, response_id, _FIRST_INPUT + index)


def response_of(item_id: str) -> str | None:
    """The response an item belongs to; None for an id that is not ours."""
    found = _ITEM.fullmatch(item_id)
    return None if found is None else f"resp_{found.group(1)}"
