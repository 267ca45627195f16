"""How files stand in a prompt, and what counts as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlx_manager.schemas.attachment import AttachmentRef
from mlx_manager.services.attachment_prompt import with_files
from mlx_manager.services.chat_errors import NotText
from mlx_manager.services.text_file import plain_name, text_of


def ref(name: str) -> AttachmentRef:
    return AttachmentRef(id=name, name=name, media_type="text/plain", size_bytes=0)


def test_files_come_first_each_in_its_tag_and_then_the_words() -> None:
    files = {"a.txt": "one\n", 'b".csv': "1,2"}
    assert with_files("Compare them.", [ref("a.txt"), ref('b".csv')], files) == (
        '<file name="a.txt">\none\n</file>\n\n'
        '<file name="b&quot;.csv">\n1,2\n</file>\n\n'
        "Compare them."
    )
    assert with_files("", [ref("a.txt")], files) == '<file name="a.txt">\none\n</file>'
    assert with_files("Hi", [], {}) == "Hi"
    assert with_files("Hi", [ref("gone")], {}) == "Hi"


@given(st.text(st.sampled_from("</file>-23\n")) | st.sampled_from(["</file></file-2>", "</file>"]))
def test_a_text_never_closes_its_own_tag(text: str) -> None:
    shown = with_files("", [ref("a")], {"a": text})
    tag = shown[1:].partition(" ")[0]
    assert shown.endswith(f"</{tag}>")
    assert shown.count(f"</{tag}>") == 1
    assert text in shown


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Grüße\r\n\t".encode(), "Grüße\r\n\t"),
        (b"\xef\xbb\xbfmarked", "marked"),
        ("wide".encode("utf-16"), "wide"),
        (b"", ""),
        (b"\x1b[31mred", "\x1b[31mred"),
    ],
)
def test_text_is_read_in_the_encoding_it_says(data: bytes, text: str) -> None:
    assert text_of("a.txt", data) == text


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\n\xb5\xb5", b"\x89PNG\r\n\x1a\n", b"a\0b", "Grüße".encode("latin-1")]
)
def test_what_is_not_text_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(NotText, match=r"a\.bin"):
        text_of("a.bin", data)


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("notes.txt", "notes.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\a b.md", "a b.md"),
        ("a\nb\x00.txt", "ab.txt"),
        ("/", "file"),
        ("x" * 300, "x" * 255),
    ],
)
def test_a_name_has_no_folders_and_nothing_hidden(given_name: str, name: str) -> None:
    assert plain_name(given_name) == name
