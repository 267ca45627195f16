"""Chats as Markdown: read back as they were, readable, and refused when they are something else."""

import pytest
from hypothesis import given, settings

from mlx_manager.schemas.chat_export import ExportedConversation
from mlx_manager.services.chat_errors import NotAnExport
from mlx_manager.services.chat_markdown import from_markdown, shown_messages, to_markdown
from tests.routers.exported_chats import exported_chats

MOMENT = "2026-01-02T03:04:05Z"


@settings(deadline=None)
@given(exported_chats())
def test_the_branch_that_is_shown_is_read_back_to_the_letter(chat: ExportedConversation) -> None:
    branch = shown_messages(chat)
    shown = len(branch) - 1 if branch else None
    whole = chat.model_copy(update={"messages": branch, "shown": shown})
    assert from_markdown(to_markdown(chat)) == whole


def test_a_person_can_read_it() -> None:
    chat = ExportedConversation.model_validate(
        {
            "title": "Sums",
            "model": "m",
            "created_at": MOMENT,
            "shown": 1,
            "messages": [
                {
                    "id": 0,
                    "parent": None,
                    "role": "user",
                    "content": "1 + 1?",
                    "created_at": MOMENT,
                },
                {"id": 1, "parent": 0, "role": "assistant", "content": "2", "created_at": MOMENT},
            ],
        }
    )
    lines = [line for line in to_markdown(chat).splitlines() if not line.startswith("<!--")]
    assert [line for line in lines if line] == ["# Sums", "## You", "1 + 1?", "## Assistant", "2"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "mlx-manager:chat"),
        ("# A recipe\n\nTake two eggs.", "mlx-manager:chat"),
        ("<!-- mlx-manager:message {} -->\n\n## You\n\nHi\n", "mlx-manager:chat"),
        ("<!-- mlx-manager:file {} -->\n", "mlx-manager:file"),
        ("<!-- mlx-manager:chat {oops} -->\n", "JSON"),
        ('<!-- mlx-manager:chat {"title": "T"} -->\n', "model"),
    ],
)
def test_other_markdown_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(NotAnExport, match=says):
        from_markdown(text)
