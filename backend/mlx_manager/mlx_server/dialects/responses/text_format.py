"""``text.format`` -> the grammar that the answer must follow."""

import json
from collections.abc import Mapping
from typing import Any

from mlx_manager.mlx_server.core.request import GrammarKind, GrammarSpec
from mlx_manager.mlx_server.dialects.openai.validation import check, shown
from mlx_manager.mlx_server.errors import BadRequest

PLAIN: Mapping[str, Any] = {"type": "text"}
_KINDS = ("text", "json_object", "json_schema")


def read_format(wanted: Any) -> GrammarSpec | None:
    """The grammar, None for plain text.

    Raises ``BadRequest`` naming the field. A schema is enforced whether or not it is ``strict``.
    """
    if wanted is None:
        return None
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    if kind not in _KINDS:
        raise BadRequest(
            f"'text.format.type' must be one of {', '.join(_KINDS)}; got {shown(kind)}.",
            param="text.format.type" if isinstance(wanted, dict) else "text.format",
        )
    if kind == "text":
        return None
    if kind == "json_object":
        return GrammarSpec(GrammarKind.JSON_OBJECT)
    schema, name = wanted.get("schema"), wanted.get("name")
    check(
        isinstance(schema, dict),
        f"'text.format.schema' must be a JSON Schema object; got {shown(schema)}.",
        "text.format.schema",
    )
    check(
        name is None or isinstance(name, str),
        f"'text.format.name' must be a string; got {shown(name)}.",
        "text.format.name",
    )
    text = json.dumps(schema, separators=(",", ":"), ensure_ascii=False)
    return GrammarSpec(GrammarKind.JSON_SCHEMA, text)


def told_format(wanted: Any) -> Mapping[str, Any]:
    """The format as the reply repeats it, every field of a schema's there."""
    if not isinstance(wanted, dict) or wanted.get("type") != "json_schema":
        return wanted if isinstance(wanted, dict) else PLAIN
    blank = {"name": "response", "description": None, "strict": False}
    return {**blank, **{key: value for key, value in wanted.items() if value is not None}}
