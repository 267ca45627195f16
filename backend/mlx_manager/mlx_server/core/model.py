"""What the event loop may know of a resident model: never its weights."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from mlx_manager.mlx_server.core.ids import ModelId


class Detokenizer(Protocol):
    """Turns ids into text, holding back half characters (mlx-lm's streaming detokenizers)."""

    def add_token(self, token: int) -> None: ...
    def finalize(self) -> None: ...
    @property
    def last_segment(self) -> str: ...


@dataclass(frozen=True, slots=True)
class TemplateNames:
    """What a chat template asks of its caller: names of arguments, texts it compares them (or
    anything else) with, and names of what it reads in them (``message.thinking``)."""

    variables: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()


class Tokenizer(Protocol):
    """The part of mlx-lm's ``TokenizerWrapper`` that the loop's rooms use.

    ``detokenizer`` gives a fresh one at each access, cheaply. Markers are None where the model
    has none. ``tool_parser`` takes the text between the markers and the tools, and returns one
    call ``{"name", "arguments"}`` or a list of them; ``tool_family`` names the format it reads.
    """

    has_chat_template: bool

    def encode(self, text: str, add_special_tokens: bool = True) -> list[int]: ...
    def encode_pair(self, first: str, second: str) -> tuple[list[int], int]:
        """A cross-encoder's input, and where the second text starts in it."""
        ...

    def decode(self, token_ids: Sequence[int]) -> str: ...
    def token_id(self, token: str) -> int | None:
        """The id of the one token of that very text; None where there is none."""
        ...

    def apply_chat_template(self, messages: Sequence[Mapping[str, Any]], **kwargs: Any) -> Any: ...
    def token_bytes(self, token_id: int) -> bytes:
        """What one token adds to the text, half a character included."""
        ...

    def grammar_vocabulary(self, size: int) -> Any:
        """llguidance's view of the vocabulary, ``size`` ids wide; takes a second to make.

        Raises ``ValueError`` for tokenizers it cannot read.
        """
        ...

    @property
    def template_names(self) -> TemplateNames: ...
    @property
    def detokenizer(self) -> Detokenizer: ...
    @property
    def eos_token_ids(self) -> Collection[int]: ...
    @property
    def think_start(self) -> str | None: ...
    @property
    def think_end(self) -> str | None: ...
    @property
    def tool_call_start(self) -> str | None: ...
    @property
    def tool_call_end(self) -> str | None: ...
    @property
    def tool_parser(self) -> Callable[..., Any] | None: ...
    @property
    def tool_family(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class ModelHandle:
    """One resident model.

    ``generation`` rises at each load in the process, so that work meant for an earlier residence
    of the same id is recognised. ``context_length`` is in tokens, prompt and answer together.
    ``generates`` is False for encoders, which only embed and score.
    """

    id: ModelId
    path: Path
    generation: int
    tokenizer: Tokenizer
    vocabulary_size: int
    context_length: int
    weights_bytes: int
    kv_bytes_per_token: int
    generates: bool = True
