"""Text to token ids."""

from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.errors import BadRequest


def encode(handle: ModelHandle, text: str, *, special: bool = True) -> list[int]:
    """Token ids; ``special`` adds what the tokenizer puts around a text.

    Raises ``BadRequest`` for what is not text.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadRequest(
            "The prompt holds half of a UTF-16 surrogate pair, which is not text. Send whole "
            "characters."
        ) from error
    return handle.tokenizer.encode(text, add_special_tokens=special)
