"""Values that a model writes without quotes: what they are is for the schema to say."""

import json
from typing import Any

from mlx_manager.mlx_server.output.families.schema import SchemaReader, type_of
from mlx_manager.mlx_server.output.json_text import mended

PYTHON_WORDS = {"True": True, "False": False, "None": None}
"""What templates print of an argument that they do not turn into JSON."""


def bare_value(text: str, schema: Any, reader: SchemaReader) -> Any:
    """The value that ``text`` stands for.

    A string is taken to the letter. Text that is no value of its type is left a string: its client
    checks the arguments anyway, and can tell the model.
    """
    types = reader.types(schema)
    if types == {"string"}:
        return text
    try:
        value = parsed(text)
    except ValueError:
        return text
    found = type_of(value)
    if found in types or (found == "integer" and "number" in types):
        # Strings are written bare: quotes around one are part of it.
        return text if found == "string" else value
    return text if "string" in types else value


def parsed(text: str) -> Any:
    """A JSON value or one of Python's words, mended where that is unambiguous.

    Raises ``ValueError``.
    """
    text = text.strip()
    if text in PYTHON_WORDS:
        return PYTHON_WORDS[text]
    try:
        return json.loads(text, parse_constant=_refuse)
    except ValueError:
        if text[:1] not in ("{", "["):
            raise
        return json.loads(mended(text), parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
