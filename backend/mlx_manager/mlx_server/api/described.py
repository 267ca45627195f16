"""What the OpenAPI document says of bodies that are read raw."""

from typing import Any

from pydantic import BaseModel


def json_body(schema: type[BaseModel]) -> dict[str, Any]:
    """``openapi_extra`` of a route whose JSON body is ``schema``.

    Bodies are read raw, so that a wrong content type or a lone surrogate is no error; the document
    describes them all the same. References are written out, as they would point into a document
    that they are not in.
    """
    described = schema.model_json_schema()
    definitions = described.pop("$defs", {})
    body = _written_out(described, definitions)
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": body}}}}


def _written_out(node: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_written_out(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _written_out(definitions[node["$ref"].rpartition("/")[2]], definitions)
    return {name: _written_out(value, definitions) for name, value in node.items()}
