"""``output_config.format`` (``output_format`` in its beta) -> a grammar."""

import json
from collections.abc import Mapping
from typing import Any

from mlx_manager.mlx_server.core.request import GrammarKind, GrammarSpec
from mlx_manager.mlx_server.dialects.openai.validation import shown
from mlx_manager.mlx_server.errors import BadRequest


def read_output_format(output_format: Any, output_config: Any) -> GrammarSpec | None:
    """The schema that the text must follow, or None.

    Raises ``BadRequest`` for a format that is no JSON schema: passing over what cannot be enforced
    would be a promise not kept.
    """
    param, wanted = "output_format", output_format
    if wanted is None and isinstance(output_config, Mapping):
        param, wanted = "output_config.format", output_config.get("format")
    if wanted is None:
        return None
    kind = wanted.get("type") if isinstance(wanted, Mapping) else None
    if not isinstance(wanted, Mapping) or kind != "json_schema":
        raise BadRequest(
            f'\'{param}\' must be {{"type": "json_schema", "schema": {{...}}}}; '
            f"got type {shown(kind)}.",
            param=param,
        )
    schema = wanted.get("schema")
    if not isinstance(schema, Mapping):
        raise BadRequest(
            f"'{param}.schema' must be a JSON Schema object; got {shown(schema)}.",
            param=f"{param}.schema",
        )
    return GrammarSpec(GrammarKind.JSON_SCHEMA, _text(schema))


def _text(schema: Mapping[str, Any]) -> str:
    """Compact, and the same for equal schemas, so that what was compiled is found again."""
    return json.dumps(schema, separators=(",", ":"), ensure_ascii=False)
