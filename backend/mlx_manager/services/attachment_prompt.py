"""How files stand in a prompt: each in a tag that its own text cannot close, before the words.

Long texts first and the question after them is what Anthropic recommends:
https://docs.claude.com/en/docs/build-with-claude/prompt-engineering/long-context-tips
"""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import count

from mlx_manager.schemas.attachment import AttachmentRef


def with_files(content: str, attachments: Sequence[AttachmentRef], files: Mapping[str, str]) -> str:
    """What a person said, after the files that came with it; ``files`` are texts by id."""
    parts = [_tagged(ref.name, files[ref.id]) for ref in attachments if ref.id in files]
    return "\n\n".join([*parts, content] if content.strip() or not parts else parts)


def _tagged(name: str, text: str) -> str:
    """A text that holds the end of its own tag gets another tag: it stays one file."""
    tags = ("file" if number == 1 else f"file-{number}" for number in count(1))
    tag = next(tag for tag in tags if f"</{tag}>" not in text)
    end = "" if text.endswith("\n") or not text else "\n"
    return f'<{tag} name="{escape(name)}">\n{text}{end}</{tag}>'
