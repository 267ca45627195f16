"""Calls a model makes of its own accord: once begun, its tools and their schemas rule them.

A small model often names a tool that nobody offered or breaks the JSON; llama.cpp guards calls the
same way (its lazy grammars). Text and reasoning stay free, and a free row costs no mask.
"""

from collections.abc import Callable

from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.ports import Grammar
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.errors import BadRequest
from mlx_manager.mlx_server.output.grammar import TokenGrammar, compiler
from mlx_manager.mlx_server.output.tool_grammar import begun_call


def guard(handle: ModelHandle, request: GenerationRequest) -> Grammar | None:
    """The guard of ``request``'s tools; None where a call cannot be guarded and nobody asked."""
    begun = begun_call(handle.tokenizer, request)
    if begun is None:
        return None
    try:
        call = compiler.compile(handle, begun.rest, opens_reasoning=False)
    except BadRequest:
        return None
    return CallGuard(begun.opening, call.copy)


class CallGuard:
    """``core.ports.Grammar``: allows everything until ``opening``, then one call, and so on.

    ``begin`` makes the grammar of what follows ``opening``, to the end of the call.
    """

    def __init__(self, opening: int, begin: Callable[[], TokenGrammar]) -> None:
        self._opening = opening
        self._begin = begin
        self._call: TokenGrammar | None = None

    def fill_mask(self, words: memoryview) -> None:
        """What may follow inside a call."""
        if self._call is not None:
            self._call.fill_mask(words)

    def consume(self, token: int) -> bool:
        """Always True: a call that has left its grammar is as free as text."""
        if self._call is not None:
            if not self._call.consume(token) or self._call.is_finished:
                self._call = None
        elif token == self._opening:
            self._call = self._begin()
        return True
