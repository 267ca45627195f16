"""Whether some bytes are a text, and which. Pure."""

import codecs
import re

from mlx_manager.services.chat_errors import NotText

# What no text has: the control characters but those of space, and the one of terminal colours.
_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MOST_NAME = 255


def text_of(name: str, data: bytes) -> str:
    """The text in UTF-8, or in UTF-16 that says so. Raises ``NotText``."""
    encoding = next((encoding for mark, encoding in _MARKED if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotText(
            f"{name} is not text in UTF-8; save it as UTF-8 text, or copy what matters from it."
        ) from error
    if _NOT_IN_TEXT.search(text):
        raise NotText(f"{name} is not a text file; only text can be given to a model here.")
    return text


def plain_name(name: str) -> str:
    """A file's name without folders and without what cannot be shown; never empty."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(filter(str.isprintable, last)).strip()[:_MOST_NAME] or "file"
