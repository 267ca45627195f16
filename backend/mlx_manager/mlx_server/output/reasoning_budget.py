"""A limit on reasoning: when its tokens are spent, the model has to write the end marker."""

from mlx_manager.mlx_server.core.model import Tokenizer
from mlx_manager.mlx_server.core.ports import Grammar

_WORD_BITS = 32


def with_budget(
    tokenizer: Tokenizer, grammar: Grammar | None, budget: int | None, *, opens_reasoning: bool
) -> Grammar | None:
    """``grammar``, and in front of it the budget, where there is one and the model has markers."""
    start, end = tokenizer.think_start, tokenizer.think_end
    if budget is None or start is None or end is None:
        return grammar
    opening = tokenizer.encode(start, add_special_tokens=False)
    closing = tokenizer.encode(end, add_special_tokens=False)
    if not opening or not closing:
        return grammar
    limit = ReasoningBudget(tuple(opening), tuple(closing), budget, grammar)
    if opens_reasoning:
        limit.open()
    return limit


class ReasoningBudget:
    """``core.ports.Grammar``. ``budget`` counts tokens over the whole answer, markers apart.

    Outside reasoning, and while the budget lasts, ``grammar`` alone decides; it sees every token.
    """

    def __init__(
        self,
        opening: tuple[int, ...],
        closing: tuple[int, ...],
        budget: int,
        grammar: Grammar | None,
    ) -> None:
        self._opening = opening
        self._closing = closing
        self._left = budget
        self._grammar = grammar
        self._is_open = False
        self._seen = 0
        """How many tokens of the marker that comes next stand at the end of the text."""

    def open(self) -> None:
        """The prompt itself has written the start marker."""
        self._is_open = True

    def fill_mask(self, words: memoryview) -> None:
        """All of the end marker's tokens in their turn once the budget is spent."""
        if self._is_open and self._left <= 0:
            token = self._closing[self._seen]
            words.cast("B")[:] = bytes(words.nbytes)
            words.cast("B").cast("I")[token // _WORD_BITS] = 1 << token % _WORD_BITS
        elif self._grammar is not None:
            self._grammar.fill_mask(words)

    def consume(self, token: int) -> bool:
        """Count and pass on; a grammar that has failed is heard no more."""
        if self._grammar is not None and not self._grammar.consume(token):
            self._grammar = None
        marker = self._closing if self._is_open else self._opening
        if token == marker[self._seen]:
            self._seen += 1
        else:
            self._seen = int(token == marker[0])
        if self._seen == len(marker):
            self._is_open, self._seen = not self._is_open, 0
        elif self._is_open and self._seen == 0:
            self._left -= 1
        return True
