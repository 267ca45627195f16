"""A limit on reasoning: when its tokens are spent, the model has to write the end marker, and may
not begin again."""

from mlx_manager.mlx_server.core.model import Tokenizer
from mlx_manager.mlx_server.core.ports import Grammar
from mlx_manager.mlx_server.core.request import GenerationRequest

_WORD_BITS = 32


def budget_tokens(request: GenerationRequest, max_tokens: int) -> int | None:
    """How many tokens of reasoning the request allows itself; None where nothing is to be watched.

    One that ``max_tokens`` keeps anyway (Claude Code's is one less) is not worth a look at each
    token.
    """
    budget = request.reasoning_budget
    if budget is None and request.effort is not None:
        budget = request.effort.budget_tokens(max_tokens)
    return None if budget is None or budget >= max(max_tokens - 1, 1) else budget


def with_budget(
    tokenizer: Tokenizer, grammar: Grammar | None, budget: int | None, *, opens_reasoning: bool
) -> Grammar | None:
    """``grammar``, and in front of it the budget, where there is one that the model's markers let
    us enforce."""
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
        self._opening = _MarkerMatch(opening)
        self._closing = _MarkerMatch(closing)
        self._left = budget
        self._grammar = grammar
        self._is_open = False

    def open(self) -> None:
        """The prompt itself has written the start marker."""
        self._is_open = True

    def fill_mask(self, words: memoryview) -> None:
        """All of the end marker's tokens in their turn once the budget is spent; after that
        everything but a new beginning."""
        spent = self._left <= 0
        if spent and self._is_open:
            words.cast("B")[:] = bytes(words.nbytes)
            _bits(words)[self._closing.next // _WORD_BITS] = 1 << self._closing.next % _WORD_BITS
            return
        if self._grammar is not None:
            self._grammar.fill_mask(words)
        if spent and self._opening.is_telling:
            token = self._opening.next
            _bits(words)[token // _WORD_BITS] &= ~(1 << token % _WORD_BITS)

    def consume(self, token: int) -> bool:
        """Count and pass on; a grammar that has failed is heard no more."""
        if self._grammar is not None and not self._grammar.consume(token):
            self._grammar = None
        if not self._is_open:
            self._is_open = self._opening.feed(token)
        elif self._closing.feed(token):
            self._is_open = False
        elif self._closing.matched == 0:
            self._left -= 1
        return True


class _MarkerMatch:
    """How far the newest tokens are into a marker."""

    __slots__ = ("_marker", "matched")

    def __init__(self, marker: tuple[int, ...]) -> None:
        self._marker = marker
        self.matched = 0

    @property
    def next(self) -> int:
        """The token that would bring the marker on."""
        return self._marker[self.matched]

    @property
    def is_telling(self) -> bool:
        """Whether ``next`` is the token that makes it this marker: of several tokens the first
        begins other markers of the family too."""
        return self.matched == min(1, len(self._marker) - 1)

    def feed(self, token: int) -> bool:
        """Whether the marker is whole with this token."""
        if token != self.next:
            self.matched = 0
        if token == self.next:
            self.matched += 1
        if self.matched < len(self._marker):
            return False
        self.matched = 0
        return True


def _bits(words: memoryview) -> memoryview:
    return words.cast("B").cast("I")
