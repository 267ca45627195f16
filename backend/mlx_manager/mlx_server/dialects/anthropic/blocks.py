"""Content of a turn: a string, or a list of blocks, each told by its ``type``."""

from collections.abc import Mapping, Sequence
from typing import Any

from mlx_manager.mlx_server.dialects.openai.validation import check, shown
from mlx_manager.mlx_server.errors import BadRequest

_HOSTED_KINDS = frozenset({"server_tool_use", "mcp_tool_use", "container_upload", "tool_reference"})
_PICTURES = frozenset({"image", "video", "audio"})


def read_blocks(content: Any, param: str) -> Sequence[Mapping[str, Any]]:
    """The content as blocks; a string is one text block.

    Blocks that a hosted service wrote for itself (its own tools' calls and results, which come
    back in the history of a conversation begun there) are passed over. Raises ``BadRequest``.
    """
    if isinstance(content, str):
        return ({"type": "text", "text": content},)
    if not isinstance(content, list):
        raise BadRequest(
            f"{param} must be a string or a list of content blocks; got {shown(content)}.",
            param=param,
        )
    for at, block in enumerate(content):
        kind = block.get("type") if isinstance(block, dict) else None
        check(
            isinstance(kind, str),
            f'{param}[{at}] must be an object with a "type"; got {shown(block)}.',
            f"{param}[{at}]",
        )
    return [block for block in content if not _is_hosted(block["type"])]


def _is_hosted(kind: str) -> bool:
    return kind in _HOSTED_KINDS or kind.endswith("_tool_result")


def read_text(block: Mapping[str, Any], param: str) -> str:
    """The text of a block that holds text: itself, a plain-text document, a search result.

    Raises ``BadRequest`` naming the block, for pictures among others.
    """
    kind = block["type"]
    if kind == "text":
        return text_field(block, "text", param)
    if kind == "search_result":
        found = join_texts(read_blocks(block.get("content"), f"{param}.content"), param)
        return "\n".join(part for part in (_label(block, "title"), found) if part)
    if kind == "document":
        return _read_document(block, param)
    if kind in _PICTURES:
        raise BadRequest(
            f"{param} is of type {shown(kind)}: this model takes text only, as the capability "
            "'vision' is not served yet. Send text blocks.",
            param=param,
        )
    raise BadRequest(
        f"{param} is of type {shown(kind)}, which is not known here. Send text blocks.",
        param=param,
    )


def join_texts(blocks: Sequence[Mapping[str, Any]], param: str, between: str = "\n") -> str:
    """The texts of all blocks. Raises ``BadRequest`` for one that is not text."""
    return between.join(read_text(block, f"{param}[{at}]") for at, block in enumerate(blocks))


def text_field(block: Mapping[str, Any], field: str, param: str) -> str:
    """A field that must be a string."""
    text = block.get(field)
    if not isinstance(text, str):
        raise BadRequest(
            f"{param}.{field} must be a string; got {shown(text)}.", param=f"{param}.{field}"
        )
    return text


def _read_document(block: Mapping[str, Any], param: str) -> str:
    source = block.get("source")
    kind = source.get("type") if isinstance(source, dict) else None
    if not isinstance(source, dict) or kind not in ("text", "content"):
        raise BadRequest(
            f"{param} is a document of source {shown(kind)}: this model takes text only. Send a "
            'source of type "text".',
            param=param,
        )
    if kind == "text":
        text = text_field(source, "data", f"{param}.source")
    else:
        inner = f"{param}.source.content"
        text = join_texts(read_blocks(source.get("content"), inner), inner)
    return "\n".join(part for part in (_label(block, "title"), text) if part)


def _label(block: Mapping[str, Any], field: str) -> str:
    label = block.get(field)
    return label if isinstance(label, str) else ""
