"""A prompt and its suffix as what a model reads before it fills the gap between them."""

from dataclasses import dataclass

from mlx_manager.mlx_server.core.infill import infill_form
from mlx_manager.mlx_server.core.model import ModelHandle, Tokenizer
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.errors import BadRequest
from mlx_manager.mlx_server.prompt.encoding import encode

_WORD = "a"
_MARK = "\u263a"
"""Meta's and Mistral's own: SentencePiece joins it with nothing that follows."""


@dataclass(frozen=True, slots=True)
class Gap:
    """``stops`` are texts that end the middle and are no part of it."""

    token_ids: list[int]
    stops: tuple[str, ...]


def build_gap(handle: ModelHandle, request: GenerationRequest, suffix: str) -> Gap:
    """The ids of the prompt, which may be ids itself, and of the suffix, in the model's own form.

    Raises ``BadRequest`` for a model whose tokenizer has no tokens for it.
    """
    tokenizer = handle.tokenizer
    form = infill_form(lambda token: tokenizer.token_id(token) is not None)
    if form is None:
        raise BadRequest(
            f"The model {handle.id!r} cannot fill in the middle: its tokenizer has no tokens for "
            "it. Leave 'suffix' out, or choose a model with that capability.",
            param="suffix",
        )
    given = request.token_ids
    before = list(given) if given is not None else encode(handle, request.text or "", special=False)
    prefix = [*_ids(tokenizer, form.prefix), *before]
    behind = [*_ids(tokenizer, form.suffix), *_inner(handle, suffix)]
    both = [*behind, *prefix] if form.suffix_first else [*prefix, *behind]
    return Gap(
        [*_beginning(tokenizer), *both, *_ids(tokenizer, form.middle)],
        tuple(
            spelled
            for token in form.ends
            if tokenizer.token_id(token) is not None
            for spelled in _spellings(token)
        ),
    )


def _ids(tokenizer: Tokenizer, token: str | None) -> list[int]:
    found = None if token is None else tokenizer.token_id(token)
    return [] if found is None else [found]


def _beginning(tokenizer: Tokenizer) -> list[int]:
    """What the tokenizer puts before every text: mostly nothing, or one token."""
    whole = tokenizer.encode(_WORD)
    plain = tokenizer.encode(_WORD, add_special_tokens=False)
    at = next((n for n in range(len(whole)) if whole[n : n + len(plain)] == plain), 0)
    return whole[:at]


def _inner(handle: ModelHandle, text: str) -> list[int]:
    """Ids of a text in the middle of another: SentencePiece begins each with a space of its own."""
    word = encode(handle, _WORD, special=False)
    if not handle.tokenizer.token_bytes(word[0]).startswith(b" "):
        return encode(handle, text, special=False)
    mark = encode(handle, _MARK, special=False)
    return encode(handle, _MARK + text, special=False)[len(mark) :]


def _spellings(token: str) -> tuple[str, ...]:
    """A token as it is decoded; at the beginning of an answer some decoders drop its space."""
    text = token.replace("\u2581<", " <")
    return (text,) if text == text.lstrip() else (text, text.lstrip())
