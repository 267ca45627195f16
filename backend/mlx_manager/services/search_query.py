"""From what a person types to an FTS5 expression that is always a valid one. Pure.

https://www.sqlite.org/fts5.html#full_text_query_syntax
"""

import re

from mlx_manager.schemas.chat_search import SnippetPart

MATCH_BEGINS, MATCH_ENDS = "\ue000", "\ue001"
"""Around what matched, in a snippet: of the private use area, so that no text means them."""

_MOST_TERMS = 32
_PIECES = re.compile(r'"([^"]*)"?|([^\s"]+)')


def search_expression(owner: str, typed: str) -> str | None:
    """The entries of ``owner`` with everything that was typed; None when that has no word in it.

    Each word is an FTS5 string, in which only the quotation mark means anything, so nothing that
    is typed can be an operator.
    """
    pieces = [
        (phrase or word, bool(word))
        for phrase, word in _PIECES.findall(typed)
        if any(map(str.isalnum, phrase or word))
    ][:_MOST_TERMS]
    if not pieces:
        return None
    terms = [_string(text) for text, _ in pieces]
    last, is_open = typed[-1:], pieces[-1][1]
    # Still being typed: what is there may be the beginning of a word.
    if is_open and not last.isspace():
        terms[-1] += " *"
    return f"owner : {_string(owner)} AND content : ({' AND '.join(terms)})"


def snippet_parts(marked: str) -> list[SnippetPart]:
    """The pieces of a snippet, by the marks around what matched."""
    parts: list[SnippetPart] = []
    for at, piece in enumerate(re.split(f"[{MATCH_BEGINS}{MATCH_ENDS}]", marked)):
        if piece:
            parts.append(SnippetPart(text=piece, is_match=at % 2 == 1))
    return parts


def _string(text: str) -> str:
    # FTS5 reads its expression as a C string: nothing after a NUL would be seen.
    return '"' + text.replace('"', '""').replace("\0", " ") + '"'
