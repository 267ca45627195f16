"""A JSON Schema that a reply is to follow, as it is taken, kept and shown again."""

import json
from typing import Annotated, Any

from pydantic import AfterValidator

DEEPEST = 100
"""Levels of nesting; what is nested deeper could be kept, and not be written out again."""


def _can_be_shown_again(schema: dict[str, Any]) -> dict[str, Any]:
    level: list[Any] = [schema]
    for _ in range(DEEPEST):
        level = [inner for value in level for inner in _within(value)]
        if not level:
            break
    else:
        raise ValueError(f"a schema may be nested {DEEPEST} levels deep, and this one is deeper")
    try:
        json.dumps(schema, allow_nan=False, ensure_ascii=False).encode()
    except ValueError as error:
        raise ValueError(f"a schema holds only what JSON can say: {error}") from error
    return schema


def _within(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


KeptSchema = Annotated[dict[str, Any], AfterValidator(_can_be_shown_again)]
