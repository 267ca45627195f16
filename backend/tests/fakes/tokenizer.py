"""A tokenizer whose ids are UTF-8 bytes, with ChatML, think and tool markers as single ids."""

import codecs
import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from mlx_manager.mlx_server.core.model import TemplateNames

IM_START, IM_END = "<|im_start|>", "<|im_end|>"
THINK_START, THINK_END = "<think>", "</think>"
CALL_START, CALL_END = "<tool_call>", "</tool_call>"
_SPECIALS = (IM_END, IM_START, THINK_START, THINK_END, CALL_START, CALL_END)
_SPECIAL_PATTERN = re.compile("(" + "|".join(re.escape(special) for special in _SPECIALS) + ")")


def parse_json_call(text: str, tools: Any = None) -> Any:
    """mlx-lm's ``json_tools`` parser, word for word."""
    del tools
    return json.loads(text.strip())


class ByteDetokenizer:
    """Holds back the bytes of an unfinished character."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._segment = ""

    def add_token(self, token: int) -> None:
        if token < 256:
            self._segment += self._decoder.decode(bytes([token]))
        else:
            self._segment += self._decoder.decode(b"", final=True) + _SPECIALS[token - 256]
            self._decoder.reset()

    def finalize(self) -> None:
        self._segment += self._decoder.decode(b"", final=True)

    @property
    def last_segment(self) -> str:
        segment, self._segment = self._segment, ""
        return segment


class ByteTokenizer:
    """Satisfies ``core.model.Tokenizer``.

    ``opens_thinking``: its template writes the opening think marker, as DeepSeek's does.
    ``has_tools`` and ``has_thinking`` False take the markers' meaning away, not their ids.
    """

    def __init__(
        self,
        *,
        opens_thinking: bool = False,
        has_thinking: bool = True,
        has_tools: bool = True,
        has_chat_template: bool = True,
    ) -> None:
        self.opens_thinking = opens_thinking
        self.has_thinking = has_thinking
        self.has_tools = has_tools
        self.has_chat_template = has_chat_template

    @property
    def vocabulary_size(self) -> int:
        return 256 + len(_SPECIALS)

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]:
        del add_special_tokens
        ids: list[int] = []
        for piece in _SPECIAL_PATTERN.split(text):
            if piece in _SPECIALS:
                ids.append(256 + _SPECIALS.index(piece))
            else:
                ids.extend(piece.encode())
        return ids

    def encode_pair(self, first: str, second: str) -> tuple[list[int], int]:
        ids = self.encode(first + IM_END)
        return ids + self.encode(second), len(ids)

    def decode(self, token_ids: Sequence[int]) -> str:
        detokenizer = ByteDetokenizer()
        for token_id in token_ids:
            detokenizer.add_token(token_id)
        detokenizer.finalize()
        return detokenizer.last_segment

    def token_id(self, token: str) -> int | None:
        return 256 + _SPECIALS.index(token) if token in _SPECIALS else None

    @property
    def template_names(self) -> TemplateNames:
        return TemplateNames(frozenset({"messages", "tools", "enable_thinking"}))

    def token_bytes(self, token_id: int) -> bytes:
        return bytes([token_id]) if token_id < 256 else _SPECIALS[token_id - 256].encode()

    def grammar_vocabulary(self, size: int) -> Any:
        raise ValueError("a script follows no grammar")

    def apply_chat_template(
        self,
        messages: Sequence[Mapping[str, Any]],
        *,
        tools: Sequence[Mapping[str, Any]] | None = None,
        tokenize: bool = True,
        add_generation_prompt: bool = True,
        enable_thinking: bool = True,
        **others: Any,
    ) -> Any:
        turns = [
            f"{IM_START}{message['role']}\n{message.get('content') or ''}{IM_END}\n"
            for message in messages
        ]
        if tools:
            turns.insert(0, f"{IM_START}tools\n{json.dumps(list(tools))}{IM_END}\n")
        if add_generation_prompt:
            turns.append(f"{IM_START}assistant\n{self._thinking(enable_thinking)}")
        text = "".join(turns)
        if others.get("continue_final_message"):
            text = text.removesuffix(f"{IM_END}\n")
        return self.encode(text) if tokenize else text

    def _thinking(self, enabled: bool) -> str:
        if not enabled:
            return f"{THINK_START}\n\n{THINK_END}\n\n"
        return f"{THINK_START}\n" if self.opens_thinking else ""

    @property
    def detokenizer(self) -> ByteDetokenizer:
        return ByteDetokenizer()

    @property
    def eos_token_ids(self) -> Collection[int]:
        return {256}

    @property
    def think_start(self) -> str | None:
        return THINK_START if self.has_thinking else None

    @property
    def think_end(self) -> str | None:
        return THINK_END if self.has_thinking else None

    @property
    def tool_call_start(self) -> str | None:
        return CALL_START if self.has_tools else None

    @property
    def tool_call_end(self) -> str | None:
        return CALL_END if self.has_tools else None

    @property
    def tool_parser(self) -> Callable[..., Any] | None:
        return parse_json_call if self.has_tools else None

    @property
    def tool_family(self) -> str | None:
        return "json_tools" if self.has_tools else None
