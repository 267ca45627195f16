"""Items -> the turns that a chat template takes.

What the model said in one go (reasoning, text, calls) is several items and one turn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from mlx_manager.mlx_server.core.request import Message, ToolCall
from mlx_manager.mlx_server.dialects.responses.input_items import Item


def read_turns(instructions: str | None, items: Iterable[Item]) -> tuple[Message, ...]:
    """All turns in order. Instructions and the system messages that open the conversation become
    one system turn, because many templates take only one."""
    turns: list[Message] = []
    if instructions:
        turns.append(Message("system", instructions))
    reasoning: str | None = None
    for item in items:
        if item["type"] == "reasoning":
            reasoning = "\n\n".join(filter(None, (reasoning, reasoning_of(item)))) or None
        else:
            turn = _read_turn(item)
            if turn.role == "assistant":
                turn, reasoning = replace(turn, reasoning=reasoning), None
            _append(turns, turn)
    return tuple(turns)


def reasoning_of(item: Item) -> str:
    """The reasoning itself, or its summary where that is all there is."""
    return _joined(item.get("content") or ()) or _joined(item.get("summary") or ())


def _read_turn(item: Item) -> Message:
    kind = item["type"]
    if kind == "function_call":
        call = ToolCall(item["call_id"], item["name"], item["arguments"])
        return Message("assistant", "", tool_calls=(call,))
    if kind == "function_call_output":
        return Message("tool", item["output"], tool_call_id=item["call_id"])
    role = "system" if item["role"] == "developer" else item["role"]
    return Message(role, _joined(item["content"]))


def _joined(parts: Sequence[Any]) -> str:
    return "\n".join(part["text"] for part in parts)


def _append(turns: list[Message], turn: Message) -> None:
    before = turns[-1] if turns else None
    if before is None or before.role != turn.role:
        turns.append(turn)
    elif turn.role == "system" and len(turns) == 1:
        turns[0] = replace(before, content=f"{before.content}\n\n{turn.content}")
    elif turn.role == "assistant" and _continues(before, turn):
        turns[-1] = replace(
            before,
            content=before.content or turn.content,
            reasoning=before.reasoning or turn.reasoning,
            tool_calls=(*before.tool_calls, *turn.tool_calls),
        )
    else:
        turns.append(turn)


def _continues(before: Message, turn: Message) -> bool:
    """Calls belong to the text before them; a second text is a turn of its own."""
    return bool(turn.tool_calls) and turn.reasoning is None


def without_oldest(turns: Sequence[Message]) -> tuple[Message, ...] | None:
    """About half as many turns, for ``truncation: auto``: the system turn stays, and what is kept
    begins with a user's turn. None when only the last turn is left."""
    head = tuple(turns[:1]) if turns and turns[0].role == "system" else ()
    rest = turns[len(head) :]
    starts = [at for at, turn in enumerate(rest) if turn.role == "user" and at > 0]
    if not starts:
        return None
    cut = next((at for at in starts if at >= len(rest) // 2), starts[-1])
    return (*head, *rest[cut:])
