"""Texts to embed, as token ids, measured against the model."""

from collections.abc import Sequence

from mlx_manager.mlx_server.core.embedding import EmbeddingProfile, Passage, Pooling
from mlx_manager.mlx_server.core.model import ModelHandle, Tokenizer
from mlx_manager.mlx_server.errors import BadRequest, ContextExceeded

Input = str | tuple[int, ...]


def build_passages(
    handle: ModelHandle, profile: EmbeddingProfile, inputs: Sequence[Input]
) -> tuple[Passage, ...]:
    """Encode; run it in a worker thread. Ids are taken as they are.

    Where the last token is read, every text ends with the token that the model was trained to
    read: its tokenizer's own, or else the end-of-sequence token (as Qwen3-Embedding does).
    Raises ``BadRequest`` and ``ContextExceeded`` naming the input.
    """
    closing = _closing(handle.tokenizer) if profile.pooling is Pooling.LAST else None
    return tuple(
        _passage(handle, profile, text, closing, f"input[{at}]" if len(inputs) > 1 else "input")
        for at, text in enumerate(inputs)
    )


def check_length(handle: ModelHandle, passage: Passage, limit: int, param: str) -> None:
    """Raise ``ContextExceeded`` for a text the model cannot take whole."""
    limit = min(limit, handle.context_length)
    if len(passage) > limit:
        raise ContextExceeded(
            f"'{param}' has {len(passage)} tokens and {handle.id!r} takes {limit}. Cut it into "
            "shorter texts.",
            param=param,
        )


def _passage(
    handle: ModelHandle, profile: EmbeddingProfile, text: Input, closing: int | None, param: str
) -> Passage:
    if isinstance(text, str):
        ids = handle.tokenizer.encode(text)
    else:
        ids = list(text)
        top = handle.vocabulary_size
        if top and max(ids) >= top:
            raise BadRequest(
                f"'{param}' holds the id {max(ids)}; the ids of {handle.id!r} are from 0 to "
                f"{top - 1}.",
                param=param,
            )
    if closing is not None and (not ids or ids[-1] != closing):
        ids.append(closing)
    if not ids:
        raise BadRequest(f"'{param}' has no tokens: send some text.", param=param)
    passage = Passage(tuple(ids))
    check_length(handle, passage, profile.max_tokens, param)
    return passage


def _closing(tokenizer: Tokenizer) -> int | None:
    whole, plain = tokenizer.encode("a"), tokenizer.encode("a", add_special_tokens=False)
    if plain and whole[-len(plain) :] != plain:
        return whole[-1]
    return min(tokenizer.eos_token_ids, default=None)
