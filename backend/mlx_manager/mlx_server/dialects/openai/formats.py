"""The format that an answer must have -> ``GrammarSpec``."""

import json
from collections.abc import Mapping
from typing import Any

from mlx_manager.mlx_server.core.request import GrammarKind, GrammarSpec
from mlx_manager.mlx_server.dialects.openai.schema import GenerationBody
from mlx_manager.mlx_server.dialects.openai.validation import check, shown
from mlx_manager.mlx_server.errors import BadRequest

MAX_CHARS = 1_000_000
_FORMAT = "response_format"


def read_grammar(body: GenerationBody) -> GrammarSpec | None:
    """What ``response_format`` or one of the ``guided_*`` fields asks for; a schema is enforced
    whether it says ``strict`` or not.

    Raises ``BadRequest`` naming the field. Whether it can be enforced is known when it is compiled.
    """
    specs = {
        _FORMAT: _read_format(body.response_format),
        "guided_json": _read_schema(body.guided_json, "guided_json"),
        "guided_regex": _read_text(body.guided_regex, GrammarKind.REGEX, "guided_regex"),
        "guided_grammar": _read_text(body.guided_grammar, GrammarKind.LARK, "guided_grammar"),
    }
    wanted = {name: spec for name, spec in specs.items() if spec is not None}
    names = " and ".join(f"'{name}'" for name in wanted)
    check(
        len(wanted) <= 1,
        f"{names} exclude each other: an answer has one format. Send one of them.",
        list(wanted)[-1] if wanted else _FORMAT,
    )
    return next(iter(wanted.values()), None)


def _read_format(wanted: Any) -> GrammarSpec | None:
    if wanted is None:
        return None
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    if kind == "text":
        return None
    if kind == "json_object":
        # llama.cpp and others take the schema of a JSON object here.
        given = wanted.get("schema")
        return _read_schema(given, f"{_FORMAT}.schema") or GrammarSpec(GrammarKind.JSON_OBJECT)
    if kind != "json_schema":
        raise BadRequest(
            f'\'{_FORMAT}\' must be an object of type "text", "json_object" or '
            f'"json_schema"; got {shown(wanted if kind is None else kind)}.',
            param=_FORMAT,
        )
    described = wanted.get("json_schema")
    if not isinstance(described, dict):
        raise BadRequest(
            f"'{_FORMAT}.json_schema' must be an object with a \"schema\"; got {shown(described)}.",
            param=f"{_FORMAT}.json_schema",
        )
    param = f"{_FORMAT}.json_schema.schema"
    schema = _read_schema(described.get("schema"), param)
    if schema is None:
        raise BadRequest(f"'{param}' is required: the JSON Schema to enforce.", param=param)
    return schema


def _read_schema(schema: Any, param: str) -> GrammarSpec | None:
    if schema is None:
        return None
    if isinstance(schema, str):
        schema = _parsed(schema, param)
    if not isinstance(schema, Mapping):
        raise BadRequest(
            f"'{param}' must be a JSON Schema, an object; got {shown(schema)}.", param=param
        )
    text = json.dumps(schema, separators=(",", ":"), ensure_ascii=False)
    return _read_text(text, GrammarKind.JSON_SCHEMA, param)


def _parsed(text: str, param: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadRequest(
            f"'{param}' is a string that is not JSON. Send the schema as an object.", param=param
        ) from None


def _read_text(text: str | None, kind: GrammarKind, param: str) -> GrammarSpec | None:
    if text is None:
        return None
    check(
        0 < len(text) <= MAX_CHARS,
        f"'{param}' must have 1 to {MAX_CHARS} characters; got {len(text)}.",
        param,
    )
    return GrammarSpec(kind, text)
