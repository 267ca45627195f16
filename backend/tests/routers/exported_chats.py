"""Chats as files, made up by hypothesis."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from mlx_manager.schemas.chat_export import ChatExport, ExportedConversation

# What would be taken for a part of the format if it were not escaped.
_AWKWARD = st.sampled_from(
    [
        "<!-- mlx-manager:message {} -->",
        "\\<!-- mlx-manager:chat {}",
        "# heading",
        "```",
        "-->",
        "\r",
        "\n\n",
        " ",
        "--",
    ]
)
TEXT = st.lists(_AWKWARD | st.text(st.characters(codec="utf-8"), max_size=8), max_size=5).map(
    "\n".join
) | st.text(st.characters(codec="utf-8"), max_size=20)
NAME = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs"]), min_size=1).map(
    lambda text: f"n{text[:50]}n"
)
MOMENT = st.integers(0, 10**15).map(
    lambda us: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
)
_FILE = st.fixed_dictionaries({"name": NAME, "media_type": st.just("text/plain"), "content": TEXT})
_CALL = st.fixed_dictionaries({"id": NAME, "name": NAME, "arguments": TEXT})


@st.composite
def _message(draw: st.DrawFn, number: int, parent: int | None) -> dict[str, Any]:
    role = draw(st.sampled_from(["user", "assistant", "tool"]))
    message = {"id": number, "parent": parent, "role": role, "created_at": draw(MOMENT)}
    message["content"] = draw(TEXT)
    if role == "assistant":
        message["reasoning"] = draw(TEXT)
        message["tool_calls"] = draw(st.lists(_CALL, max_size=2))
        message["status"] = draw(st.sampled_from(["complete", "stopped", "failed"]))
        message["model"] = draw(NAME)
        message["json_schema"] = draw(st.sampled_from([None, {"const": None, "title": "--"}]))
    else:
        message["files"] = draw(st.lists(_FILE, max_size=2))
    return message


@st.composite
def exported_chats(draw: st.DrawFn) -> ExportedConversation:
    """A conversation with any number of branches."""
    messages: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 6))):
        parent = draw(st.none() | st.integers(0, number - 1)) if number else None
        messages.append(draw(_message(number, parent)))
    shown = draw(st.integers(0, len(messages) - 1)) if messages else None
    return ExportedConversation.model_validate(
        {
            "title": draw(NAME),
            "model": draw(NAME),
            "folder": draw(st.none() | NAME),
            "system_prompt": draw(st.none() | TEXT),
            "parameters": draw(st.sampled_from([{}, {"temperature": 0.5, "stop": ["--"]}])),
            "created_at": draw(MOMENT),
            "shown": shown,
            "messages": messages,
        }
    )


def file_of(*chats: ExportedConversation) -> str:
    """A whole file, as an export writes it."""
    return ChatExport(conversations=list(chats)).model_dump_json()
