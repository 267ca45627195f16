"""The budget as a grammar: what may follow, token by token."""

from array import array

from mlx_manager.mlx_server.output.reasoning_budget import ReasoningBudget, with_budget
from tests.fakes.tokenizer import THINK_END, THINK_START, ByteTokenizer

WIDTH = 64
OPEN, CLOSE = 40, (41, 42)


class Evens:
    """A grammar of even tokens, which remembers what it has seen."""

    def __init__(self) -> None:
        self.seen: list[int] = []

    def fill_mask(self, words: memoryview) -> None:
        words.cast("B")[:] = b"\x55" * words.nbytes

    def consume(self, token: int) -> bool:
        self.seen.append(token)
        return token < 50


def allowed(budget: ReasoningBudget) -> list[int]:
    """The ids that may follow."""
    words = array("i", [-1] * (WIDTH // 32))
    budget.fill_mask(memoryview(words))
    return [at for at in range(WIDTH) if words[at // 32] >> at % 32 & 1]


def say(budget: ReasoningBudget, *tokens: int) -> None:
    """Feed tokens, each of which must go on."""
    assert all(budget.consume(token) for token in tokens)


def test_the_end_marker_is_forced_token_by_token_once_the_budget_is_spent() -> None:
    budget = ReasoningBudget((OPEN,), CLOSE, 3, None)
    say(budget, OPEN, 1, 2)
    assert len(allowed(budget)) == WIDTH
    say(budget, 3)
    assert allowed(budget) == [41]
    say(budget, 41)
    assert allowed(budget) == [42]
    say(budget, 42)
    assert len(allowed(budget)) == WIDTH
    say(budget, 1, 2, 3, 4)
    assert len(allowed(budget)) == WIDTH


def test_reasoning_that_ends_by_itself_is_not_touched() -> None:
    budget = ReasoningBudget((OPEN,), CLOSE, 9, None)
    say(budget, OPEN, 1, 41, 1, 41, 42)
    assert len(allowed(budget)) == WIDTH


def test_reasoning_that_begins_again_has_what_is_left() -> None:
    budget = ReasoningBudget((OPEN,), CLOSE, 3, None)
    say(budget, OPEN, 1, 2, 41, 42, 5, 6, 7, OPEN, 3)
    assert allowed(budget) == [41]


def test_a_grammar_beside_it_sees_every_token_and_rules_the_rest() -> None:
    evens = Evens()
    budget = ReasoningBudget((OPEN,), CLOSE, 1, evens)
    budget.open()
    assert allowed(budget) == list(range(0, WIDTH, 2))
    say(budget, 8)
    assert allowed(budget) == [41]
    say(budget, 41, 42, 60)
    assert evens.seen == [8, 41, 42, 60]
    assert len(allowed(budget)) == WIDTH  # it failed at 60 and is heard no more


def test_a_start_marker_of_several_tokens_is_seen() -> None:
    budget = ReasoningBudget((OPEN, 39, 38), CLOSE, 1, None)
    say(budget, OPEN, 39, OPEN, 39, 7, 8, 9)
    assert len(allowed(budget)) == WIDTH
    say(budget, OPEN, 39, 38, 7)
    assert allowed(budget) == [41]


def test_only_a_budget_on_a_model_that_reasons_is_watched() -> None:
    evens = Evens()
    plain = ByteTokenizer(has_thinking=False)
    assert with_budget(plain, evens, 5, opens_reasoning=False) is evens
    assert with_budget(ByteTokenizer(), evens, None, opens_reasoning=False) is evens
    budget = with_budget(ByteTokenizer(), None, 0, opens_reasoning=True)
    assert isinstance(budget, ReasoningBudget)
    words = array("i", [-1] * 9)
    budget.fill_mask(memoryview(words))
    (end,) = ByteTokenizer().encode(THINK_END)
    assert [at for at in range(9 * 32) if words[at // 32] >> at % 32 & 1] == [end]
    assert len(ByteTokenizer().encode(THINK_START)) == 1
