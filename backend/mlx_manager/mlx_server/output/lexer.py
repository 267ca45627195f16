"""Which lexer a model's answers need."""

from mlx_manager.mlx_server.core.model import Tokenizer
from mlx_manager.mlx_server.output.families.known import family_of
from mlx_manager.mlx_server.output.frames import FrameLexer
from mlx_manager.mlx_server.output.markers import MarkerLexer


def lexer_of(
    tokenizer: Tokenizer,
    *,
    with_tools: bool,
    formatted: bool = False,
    starts_in_reasoning: bool = False,
    continues: bool = False,
) -> MarkerLexer | FrameLexer:
    """A fresh one for one answer.

    ``continues``: the prompt ends inside the answer, behind any header.
    """
    family = family_of(tokenizer)
    if family is None or family.frame is None:
        return MarkerLexer(
            tokenizer,
            with_tools=with_tools,
            formatted=formatted,
            starts_in_reasoning=starts_in_reasoning,
        )
    return FrameLexer(
        family.frame,
        tokenizer,
        with_tools=with_tools,
        formatted=formatted,
        starts_in_reasoning=starts_in_reasoning,
        continues=continues,
    )
