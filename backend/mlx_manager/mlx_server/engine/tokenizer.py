"""mlx-lm's tokenizer in our terms: the other file an upgrade of it touches."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from mlx_manager.mlx_server.core.model import Detokenizer, TemplateNames
from mlx_manager.mlx_server.engine.template_names import read_template_names
from mlx_manager.mlx_server.engine.vocabulary import grammar_vocabulary
from mlx_manager.mlx_server.errors import InvalidModel


def _byte_of() -> dict[str, int]:
    """GPT-2's printable stand-ins for bytes, read backwards (openai/gpt-2, encoder.py)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(b): b for b in printable} | {chr(256 + n): b for n, b in enumerate(others)}


_BYTE_OF = _byte_of()


HARMONY_SIGNS = ("<|start|>", "<|channel|>", "<|message|>")
"""Texts that are all in a template of harmony."""

_FRAMED_THOUGHT = {
    "harmony": ("<|channel|>analysis<|message|>", "<|end|>"),
    "muse_spark": ("to=self<|message|>", "<|eom|>"),
}
"""Reasoning is a part of the answer with a header, by family."""


class TextCodec:
    """``core.model.Tokenizer`` over mlx-lm's ``TokenizerWrapper``.

    Differs in one thing: a template argument that the caller did not give is left to the
    template, where the wrapper would switch thinking on.
    """

    def __init__(self, wrapper: Any) -> None:
        self._wrapper = wrapper
        self.has_chat_template: bool = wrapper.has_chat_template
        self._byte_level = type(wrapper._detokenizer).__name__ == "BPEStreamingDetokenizer"

    def __len__(self) -> int:
        return len(self._wrapper)

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]:
        """Token ids of ``text``."""
        return list(self._wrapper.encode(text, add_special_tokens=add_special_tokens))

    def encode_pair(self, first: str, second: str) -> tuple[list[int], int]:
        """Two texts with the separators between them, and where the second starts."""
        # Which text a token is of: None for separators, which belong to the text they end.
        encoded = self._wrapper._tokenizer(first, second)
        texts = encoded.sequence_ids(0)
        return list(encoded["input_ids"]), texts.index(1) if 1 in texts else len(texts)

    def decode(self, token_ids: Sequence[int]) -> str:
        """Text of ``token_ids``, special tokens included."""
        return str(self._wrapper.decode(list(token_ids)))

    def token_id(self, token: str) -> int | None:
        """The id of a token by its text."""
        found = self._wrapper.convert_tokens_to_ids(token)
        # What is not in the vocabulary is the unknown token there.
        is_it = found is not None and self._wrapper.convert_ids_to_tokens(found) == token
        return int(found) if is_it else None

    def apply_chat_template(self, messages: Sequence[Mapping[str, Any]], **kwargs: Any) -> Any:
        """The prompt as text (``tokenize=False``) or ids."""
        if self._wrapper._chat_template is not None or "enable_thinking" in kwargs:
            return self._wrapper.apply_chat_template(list(messages), **kwargs)
        kwargs.setdefault("return_dict", False)
        return self._wrapper._tokenizer.apply_chat_template(list(messages), **kwargs)

    @cached_property
    def template_names(self) -> TemplateNames:
        """The arguments that the model's template knows; one that is mlx-lm's own code knows
        whether to think (``chat_templates/``)."""
        if self._wrapper._chat_template is not None:
            return TemplateNames(frozenset({"enable_thinking"}))
        template = self._wrapper._tokenizer.chat_template
        named = template.values() if isinstance(template, dict) else (template or "",)
        return read_template_names(named)

    def token_bytes(self, token_id: int) -> bytes:
        """What one token adds to the text; the byte-level alphabets are undone."""
        piece = self._wrapper.convert_ids_to_tokens(token_id)
        if piece is None:
            return b""
        if self._byte_level:
            codes = [_BYTE_OF.get(character) for character in piece]
            if None not in codes:
                return bytes(code for code in codes if code is not None)
        if len(piece) == 6 and piece.startswith("<0x"):  # SentencePiece's byte tokens
            return bytes([int(piece[3:5], 16)])
        return str(piece).replace("\u2581", " ").encode()

    def grammar_vocabulary(self, size: int) -> Any:
        """llguidance's view of the vocabulary. Raises ``ValueError`` for slow tokenizers."""
        width = max(size, len(self._wrapper))
        return grammar_vocabulary(self._wrapper._tokenizer, width, self.eos_token_ids)

    @property
    def detokenizer(self) -> Detokenizer:
        """A fresh streaming detokenizer, made in microseconds."""
        fresh: Detokenizer = self._wrapper.detokenizer
        return fresh

    @property
    def eos_token_ids(self) -> Collection[int]:
        """Ids that end an answer."""
        ids: Collection[int] = self._wrapper.eos_token_ids
        return ids

    @property
    def think_start(self) -> str | None:
        """The marker before reasoning."""
        marker: str | None = self._wrapper.think_start
        return marker or _FRAMED_THOUGHT.get(self.tool_family or "", (None, None))[0]

    @property
    def think_end(self) -> str | None:
        """The marker after reasoning."""
        marker: str | None = self._wrapper.think_end
        return marker or _FRAMED_THOUGHT.get(self.tool_family or "", (None, None))[1]

    @property
    def tool_call_start(self) -> str | None:
        """The marker before a tool call."""
        marker: str | None = self._wrapper.tool_call_start
        return marker

    @property
    def tool_call_end(self) -> str | None:
        """The marker after a tool call."""
        marker: str | None = self._wrapper.tool_call_end
        return marker

    @property
    def tool_parser(self) -> Callable[..., Any] | None:
        """The family's parser of the text between the markers."""
        parser: Callable[..., Any] | None = self._wrapper.tool_parser
        return parser

    @property
    def tool_family(self) -> str | None:
        """mlx-lm's name of the format, the module that its parser lives in; of gpt-oss' channels,
        which mlx-lm does not know, ours."""
        parser = self._wrapper.tool_parser
        if parser is not None:
            return str(parser.__module__).rpartition(".")[2]
        template = self._wrapper.chat_template
        is_harmony = isinstance(template, str) and all(sign in template for sign in HARMONY_SIGNS)
        return "harmony" if is_harmony else None


def load_tokenizer(path: Path) -> TextCodec:
    """Read a model directory's tokenizer; safe on any thread.

    Raises ``InvalidModel`` naming the file and the reason.
    """
    from mlx_lm.utils import load_config  # noqa: PLC0415  (imports transformers: seconds)
    from mlx_lm.utils import load_tokenizer as load  # noqa: PLC0415

    try:
        codec = TextCodec(load(path, eos_token_ids=load_config(path).get("eos_token_id")))
        codec.encode("probe")
    except Exception as error:  # transformers raises whatever a broken file leads it to
        reason = " ".join(str(error).split()) or type(error).__name__
        file = path / _blamed(path, error)
        raise InvalidModel(f"{file}: cannot read the tokenizer: {reason[:300]}") from error
    return codec


def _blamed(path: Path, error: Exception) -> str:
    # transformers reads config.json on the way to the tokenizer and checks its fields.
    if type(error).__name__.startswith("StrictDataclass"):
        return "config.json"
    return "tokenizer.json" if (path / "tokenizer.json").exists() else "tokenizer_config.json"
