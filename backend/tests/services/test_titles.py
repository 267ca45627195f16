"""What a conversation is called after its first message."""

import pytest

from mlx_manager.services.chat_service import title_of


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("Hello", "Hello"),
        ("\n\n  Two lines\nof text", "Two lines"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 60 + "…"),
        ("word " * 11 + "whole, and more", "word " * 10 + "word…"),
        ("", "New chat"),
    ],
)
def test_a_title_is_the_first_line_cut_between_words(content: str, title: str) -> None:
    assert title_of(content) == title
