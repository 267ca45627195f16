"""Texts as they are or as token ids: the prompts of completions, the inputs of embeddings."""

from typing import Any

from mlx_manager.mlx_server.dialects.openai.schema import INT32_MAX
from mlx_manager.mlx_server.dialects.openai.validation import check, shown
from mlx_manager.mlx_server.errors import BadRequest

TextOrTokens = str | tuple[int, ...]


def read_texts(given: Any, field: str, most: int) -> tuple[TextOrTokens, ...]:
    """A string, a list of strings, token ids, or a list of token-id lists: as a list of texts.

    Raises ``BadRequest`` naming the one that is wrong, and for more than ``most``.
    """
    if isinstance(given, str):
        return (_read_text(given, field),)
    if not isinstance(given, list) or not given:
        raise BadRequest(
            f"'{field}' must be a string, a list of strings, a list of token ids, or a list of "
            f"those; got {shown(given)}.",
            param=field,
        )
    if not isinstance(given[0], (str, list)):
        return (_read_text(given, field),)
    check(
        len(given) <= most,
        f"'{field}' takes at most {most} texts in one request; got {len(given)}.",
        field,
    )
    return tuple(_read_text(each, f"{field}[{at}]") for at, each in enumerate(given))


def _read_text(given: Any, param: str) -> TextOrTokens:
    if isinstance(given, str):
        check(bool(given), f"'{param}' must not be empty.", param)
        return given
    if not isinstance(given, list) or not given:
        raise BadRequest(
            f"'{param}' must be a string or a list of token ids; got {shown(given)}.", param=param
        )
    for at, token_id in enumerate(given):
        check(
            type(token_id) is int and 0 <= token_id <= INT32_MAX,
            f"'{param}[{at}]' must be a token id, a whole number from 0; got {shown(token_id)}.",
            f"{param}[{at}]",
        )
    return tuple(given)
