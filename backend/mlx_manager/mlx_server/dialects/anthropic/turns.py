"""Messages of a body -> ``core.request.Message``.

One turn of Anthropic's may be several of ours: results of tools are blocks of a user's turn there
and turns of their own here. Turns of one role that follow each other are one, as with Anthropic;
many chat templates insist on it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mlx_manager.mlx_server.core.request import Message, ToolCall
from mlx_manager.mlx_server.dialects.anthropic.blocks import (
    join_texts,
    read_blocks,
    read_text,
    text_field,
)
from mlx_manager.mlx_server.dialects.anthropic.system import read_system
from mlx_manager.mlx_server.dialects.openai.validation import check, shown
from mlx_manager.mlx_server.errors import BadRequest

_THOUGHTS = ("thinking", "redacted_thinking")


def read_turns(system: Any, messages: Sequence[Any]) -> tuple[Message, ...]:
    """The system prompt and all turns, in order.

    A message of role ``system`` before the first turn belongs to the system prompt; a later one is
    told in a user's turn, because most templates allow one system prompt only and moving it to the
    front would change the prefix that is cached. Raises ``BadRequest`` naming turn and field.
    """
    instructions = [read_system(system)]
    turns: list[Message] = []
    for at, item in enumerate(messages):
        param = f"messages[{at}]"
        role = _role(item, param)
        if role == "system":
            told = read_system(item.get("content"), f"{param}.content")
            if turns:
                _append(turns, Message("user", f"<system>\n{told}\n</system>"))
            else:
                instructions.append(told)
            continue
        content = item.get("content")
        check(
            content != [] or role == "assistant",
            f"{param}.content must not be empty.",
            f"{param}.content",
        )
        blocks = read_blocks(content, f"{param}.content")
        read = _read_user if role == "user" else _read_assistant
        for turn in read(blocks, f"{param}.content"):
            _append(turns, turn)
    told = "\n\n".join(text for text in instructions if text)
    return (*((Message("system", told),) if told else ()), *turns)


def _role(item: Any, param: str) -> str:
    check(isinstance(item, dict), f"{param} must be an object; got {shown(item)}.", param)
    role = item.get("role")
    if role not in ("user", "assistant", "system"):
        raise BadRequest(
            f"{param}.role must be one of user, assistant, system; got {shown(role)}.",
            param=f"{param}.role",
        )
    return str(role)


def _append(turns: list[Message], turn: Message) -> None:
    last = turns[-1] if turns else None
    if last is None or last.role != turn.role or turn.role == "tool":
        turns.append(turn)
        return
    turns[-1] = replace(
        last,
        content="\n".join(text for text in (last.content, turn.content) if text),
        reasoning="\n".join(text for text in (last.reasoning, turn.reasoning) if text) or None,
        tool_calls=(*last.tool_calls, *turn.tool_calls),
    )


def _read_user(blocks: Sequence[Mapping[str, Any]], param: str) -> list[Message]:
    turns: list[Message] = []
    for at, block in enumerate(blocks):
        where = f"{param}[{at}]"
        if block["type"] == "tool_result":
            turns.append(_read_result(block, where))
        else:
            _append(turns, Message("user", read_text(block, where)))
    return turns


def _read_result(block: Mapping[str, Any], param: str) -> Message:
    content = block.get("content")
    inner = f"{param}.content"
    text = "" if content is None else join_texts(read_blocks(content, inner), inner)
    return Message(
        role="tool",
        # Templates know no failed result: the text has to say it.
        content=f"Error: {text}" if block.get("is_error") is True else text,
        tool_call_id=text_field(block, "tool_use_id", param),
    )


def _read_assistant(blocks: Sequence[Mapping[str, Any]], param: str) -> list[Message]:
    texts: list[str] = []
    thoughts: list[str] = []
    calls: list[ToolCall] = []
    for at, block in enumerate(blocks):
        where = f"{param}[{at}]"
        if block["type"] == "tool_use":
            calls.append(_read_call(block, where))
        elif block["type"] in _THOUGHTS:
            thoughts.append(_read_thought(block, where))
        else:
            texts.append(read_text(block, where))
    message = Message(
        role="assistant",
        content="\n".join(texts),
        reasoning="\n".join(thought for thought in thoughts if thought) or None,
        tool_calls=tuple(calls),
    )
    return [message] if message.content or message.reasoning or calls else []


def _read_thought(block: Mapping[str, Any], param: str) -> str:
    """What is redacted can be read by Anthropic alone."""
    return text_field(block, "thinking", param) if block["type"] == "thinking" else ""


def _read_call(block: Mapping[str, Any], param: str) -> ToolCall:
    name = text_field(block, "name", param)
    check(bool(name), f"{param}.name must not be empty.", f"{param}.name")
    given = block.get("input")
    check(
        given is None or isinstance(given, dict),
        f"{param}.input must be an object; got {shown(given)}.",
        f"{param}.input",
    )
    return ToolCall(
        id=text_field(block, "id", param),
        name=name,
        arguments=json.dumps(given or {}, ensure_ascii=False),
    )
