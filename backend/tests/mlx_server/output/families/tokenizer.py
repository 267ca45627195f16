"""A family's tokenizer: bytes, its markers as single ids, and mlx-lm's parser of its calls."""

import codecs
import importlib
import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from tests.fakes.tokenizer import ByteTokenizer
from tests.mlx_server.output.families.writing import WRITINGS, Writing

END = 256


class FamilyTokenizer(ByteTokenizer):
    """Satisfies ``core.model.Tokenizer``. Id 256 ends an answer.

    Decoding takes ``pieces`` where they are given: token ``i`` is then the text ``pieces[i]``.
    """

    bos_token_id = None
    eos_token_id = END

    def __init__(self, name: str, pieces: Sequence[str] = ()) -> None:
        super().__init__()
        self.writing: Writing = WRITINGS[name]
        self.pieces = pieces
        thoughts = [each for each in self.writing.think if each.startswith("<") and each[-1] == ">"]
        plain = [each for each in thoughts if each.count("<") == 1]
        self.markers = list(dict.fromkeys([*self.writing.markers, *plain]))
        self._width = self.vocabulary_size
        self._pattern = re.compile("(" + "|".join(map(re.escape, self.markers)) + ")")

    @property
    def vocabulary_size(self) -> int:
        return END + 1 + len(self.markers)

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]:
        del add_special_tokens
        ids: list[int] = []
        for piece in self._pattern.split(text):
            if piece in self.markers:
                ids.append(END + 1 + self.markers.index(piece))
            else:
                ids.extend(piece.encode())
        return ids

    def token_bytes(self, token_id: int) -> bytes:
        if token_id <= END:
            return bytes([token_id]) if token_id < END else b"<end>"
        marker = token_id - END - 1
        return self.markers[marker].encode() if marker < len(self.markers) else b"<unused>"

    def decode(self, token_ids: Sequence[int]) -> str:
        return b"".join(map(self.token_bytes, token_ids)).decode(errors="replace")

    @property
    def detokenizer(self) -> Any:
        return _Pieces(self.pieces) if self.pieces else _Bytes(self)

    @property
    def tokens(self) -> list[bytes]:
        """What each id adds to the text, for llguidance."""
        return [self.token_bytes(at) for at in range(self._width)]

    @property
    def special_token_ids(self) -> list[int]:
        """The markers, and the ids of a model's head that no text becomes."""
        return list(range(END, self._width))

    def __call__(self, text: bytes) -> list[int]:
        return list(text)

    def grammar_vocabulary(self, size: int) -> Any:
        from llguidance import LLTokenizer  # noqa: PLC0415  (as the real tokenizer does)
        from llguidance._tokenizer import TokenizerWrapper  # noqa: PLC0415

        self._width = size
        return LLTokenizer(TokenizerWrapper(self), n_vocab=size)

    @property
    def eos_token_ids(self) -> Collection[int]:
        return {END}

    @property
    def think_start(self) -> str | None:
        return self.writing.think[0]

    @property
    def think_end(self) -> str | None:
        return self.writing.think[1].partition("<|start|>")[0]

    @property
    def tool_call_start(self) -> str | None:
        start = getattr(self._module(), "tool_call_start", None)
        return None if start is None else str(start)

    @property
    def tool_call_end(self) -> str | None:
        end = getattr(self._module(), "tool_call_end", None)
        return None if end is None else str(end)

    @property
    def tool_parser(self) -> Callable[..., Any] | None:
        return getattr(self._module(), "parse_tool_call", None)

    @property
    def tool_family(self) -> str | None:
        return self.writing.family

    def _module(self) -> Any:
        """mlx-lm's; harmony it does not know."""
        if self.writing.family == "harmony":
            return None
        return importlib.import_module(f"mlx_lm.tool_parsers.{self.writing.family}")


class _Bytes:
    """A detokenizer of ids, which holds back the bytes of an unfinished character."""

    def __init__(self, tokenizer: FamilyTokenizer) -> None:
        self._tokenizer = tokenizer
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._segment = ""

    def add_token(self, token: int) -> None:
        is_byte = token < END
        self._segment += self._decoder.decode(self._tokenizer.token_bytes(token), not is_byte)

    def finalize(self) -> None:
        self._segment += self._decoder.decode(b"", final=True)

    @property
    def last_segment(self) -> str:
        segment, self._segment = self._segment, ""
        return segment


class _Pieces:
    """A detokenizer of texts."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._pieces = pieces
        self._segment = ""

    def add_token(self, token: int) -> None:
        if token < len(self._pieces):  # a prompt's own ids are none of them
            self._segment += self._pieces[token]

    def finalize(self) -> None:
        pass

    @property
    def last_segment(self) -> str:
        segment, self._segment = self._segment, ""
        return segment
