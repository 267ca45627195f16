"""A chat as Markdown that a person reads and ``from_markdown`` reads back. Pure.

Each section begins with a comment that holds what is not its text, as JSON, then a heading. A line
of text that looks like such a comment is written with a backslash before it.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from mlx_manager.schemas.chat_export import ExportedConversation, ExportedFile, ExportedMessage
from mlx_manager.schemas.message import Role
from mlx_manager.services.chat_errors import NotAnExport

_MARKER = re.compile(r"<!-- mlx-manager:(chat|system|message|reasoning|file) (\{.*\}) -->\r?")
_LIKE_A_MARKER = re.compile(r"^(\\*<!-- mlx-manager:)", re.MULTILINE)
_ESCAPED = re.compile(r"^\\(\\*<!-- mlx-manager:)", re.MULTILINE)
_BACKTICKS = re.compile(r"`+")
_HEADINGS = {Role.USER: "## You", Role.ASSISTANT: "## Assistant", Role.TOOL: "## Tool result"}
_TEXTS = {"id", "parent", "content", "reasoning", "files"}
_APART = {"messages", "shown", "system_prompt"}


def to_markdown(chat: ExportedConversation) -> str:
    """The branch that is shown, or of a chat that does not say so the one of its last message."""
    return "\n\n".join(_sections(chat)) + "\n"


def from_markdown(text: str) -> ExportedConversation:
    """What ``to_markdown`` wrote. Raises ``NotAnExport``."""
    chat: dict[str, Any] | None = None
    messages: list[dict[str, Any]] = []
    for kind, fields, body in _read(text):
        if kind == "chat" and chat is None:
            chat = fields
        elif kind == "system" and chat is not None:
            chat["system_prompt"] = body
        elif kind == "message":
            at = len(messages)
            place: dict[str, Any] = {
                "id": at,
                "parent": at - 1 if at else None,
                "content": body,
                "files": [],
            }
            messages.append({**fields, **place})
        elif kind == "reasoning" and messages:
            messages[-1]["reasoning"] = body
        elif kind == "file" and messages:
            messages[-1]["files"].append({**fields, "content": _unfenced(body)})
        else:
            raise NotAnExport(f"The section 'mlx-manager:{kind}' stands where it cannot belong.")
    if chat is None:
        raise NotAnExport(
            "This Markdown was not exported here: its first section, mlx-manager:chat, is missing."
        )
    shown = messages[-1]["id"] if messages else None
    try:
        return ExportedConversation.model_validate({**chat, "messages": messages, "shown": shown})
    except ValidationError as error:
        raise not_an_export(error) from error


def not_an_export(error: ValidationError) -> NotAnExport:
    """The first thing that is wrong with a file, and where."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"])) or "the file"
    return NotAnExport(f"This is no export of chats: {where}: {first['msg']}.")


def shown_messages(chat: ExportedConversation) -> list[ExportedMessage]:
    """The messages of one branch, numbered anew."""
    by_id = {message.id: message for message in chat.messages}
    at = chat.shown if chat.shown is not None else max(by_id, default=None)
    branch: list[ExportedMessage] = []
    while at is not None:
        branch.append(by_id[at])
        at = by_id[at].parent
    branch.reverse()
    return [
        message.model_copy(update={"id": number, "parent": number - 1 if number else None})
        for number, message in enumerate(branch)
    ]


def _sections(chat: ExportedConversation) -> Iterator[str]:
    fields = chat.model_dump(mode="json", exclude=_APART, exclude_none=True)
    yield _section("chat", fields, f"# {_one_line(chat.title)}", "")
    if chat.system_prompt is not None:
        yield _section("system", {}, "## System prompt", chat.system_prompt)
    for message in shown_messages(chat):
        fields = message.model_dump(mode="json", exclude=_TEXTS, exclude_none=True)
        yield _section("message", fields, _HEADINGS[message.role], message.content)
        if message.reasoning:
            yield _section("reasoning", {}, "### Reasoning", message.reasoning)
        for file in message.files:
            fields = file.model_dump(mode="json", exclude={"content"})
            yield _section("file", fields, f"### {_one_line(file.name)}", _fenced(file))


def _section(kind: str, fields: dict[str, Any], heading: str, body: str) -> str:
    # Two hyphens would end the comment; within JSON they only stand in strings.
    data = json.dumps(fields, ensure_ascii=False).replace("--", "-\\u002d")
    text = _LIKE_A_MARKER.sub(r"\\\1", body)
    return f"<!-- mlx-manager:{kind} {data} -->\n\n{heading}\n\n{text}"


def _read(text: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Each section's kind, fields and body. What stands before the first is not ours."""
    begun: tuple[str, dict[str, Any]] | None = None
    lines: list[str] = []
    for line in text.split("\n"):
        found = _MARKER.fullmatch(line)
        if found is None:
            lines.append(line)
            continue
        if begun is not None:
            yield *begun, _body(lines)
        begun, lines = (found[1], _fields(found[2])), []
    if begun is not None:
        yield *begun, _body(lines)


def _fields(data: str) -> dict[str, Any]:
    try:
        fields = from_json(data)
    except ValueError as error:
        raise NotAnExport(f"A comment of this Markdown holds no JSON: {data[:80]}") from error
    return dict(fields)


def _body(lines: list[str]) -> str:
    """Without the empty lines around it and its heading."""
    text = "\n".join(lines).removeprefix("\n").removesuffix("\n")
    if text.startswith("#"):
        text = text.partition("\n")[2].removeprefix("\n")
    return _ESCAPED.sub(r"\1", text)


def _fenced(file: ExportedFile) -> str:
    longest = max(map(len, _BACKTICKS.findall(file.content)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{file.content}\n{fence}"


def _unfenced(body: str) -> str:
    fence, _, rest = body.partition("\n")
    return rest.removesuffix(f"\n{fence}") if fence.startswith("```") else body


def _one_line(text: str) -> str:
    return " ".join(text.split())
