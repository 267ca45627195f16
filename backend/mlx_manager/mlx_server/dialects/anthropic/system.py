"""The system prompt: a string, blocks, or a message whose role is ``system``."""

from typing import Any

from mlx_manager.mlx_server.dialects.anthropic.blocks import join_texts, read_blocks

_BILLING = "x-anthropic-billing-header:"


def read_system(system: Any, param: str = "system") -> str:
    """The instructions as one text, a blank line between two blocks; empty where there are none.

    Claude Code's first block is a line for Anthropic's accounts
    (``x-anthropic-billing-header: cc_version=...; cch=...;``) whose checksum is another each turn.
    Left in, it would stand before everything else in the prompt and no turn could use the cached
    prefix of the one before; the model has no use for it, so it is taken out. Raises
    ``BadRequest``.
    """
    if system is None:
        return ""
    blocks = [
        {**block, "text": _without_billing(block["text"])}
        if isinstance(block.get("text"), str)
        else block
        for block in read_blocks(system, param)
    ]
    kept = [block for block in blocks if block.get("text") != ""]
    return join_texts(kept, param, "\n\n")


def _without_billing(text: str) -> str:
    while text.lstrip().startswith(_BILLING):
        _, _, text = text.lstrip().partition("\n")
    return text
