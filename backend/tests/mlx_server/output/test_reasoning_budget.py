"""The budget as a grammar: what may follow, token by token."""

from array import array
from dataclasses import replace

import pytest

from mlx_manager.mlx_server.core.effort import Effort
from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.principal import LOCAL_OWNER
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.output.reasoning_budget import (
    ReasoningBudget,
    budget_tokens,
    with_budget,
)
from tests.fakes.tokenizer import THINK_END, THINK_START, ByteTokenizer

WIDTH = 64
OPEN, OPENING, CLOSE = 40, (40,), (41, 42)


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
    budget = ReasoningBudget(OPENING, CLOSE, 3, None)
    say(budget, OPEN, 1, 2)
    assert len(allowed(budget)) == WIDTH
    say(budget, 3)
    assert allowed(budget) == [41]
    say(budget, 41)
    assert allowed(budget) == [42]
    say(budget, 42)
    rest = [at for at in range(WIDTH) if at != OPEN]
    assert allowed(budget) == rest  # it may say anything, and not begin again
    say(budget, 1, 2, 3, 4)
    assert allowed(budget) == rest


def test_reasoning_that_ends_by_itself_is_not_touched() -> None:
    budget = ReasoningBudget(OPENING, CLOSE, 9, None)
    say(budget, OPEN, 1, 41, 1, 41, 42)
    assert len(allowed(budget)) == WIDTH


def test_reasoning_that_begins_again_has_what_is_left() -> None:
    budget = ReasoningBudget(OPENING, CLOSE, 3, None)
    say(budget, OPEN, 1, 2, 41, 42, 5, 6, 7, OPEN, 3)
    assert allowed(budget) == [41]


def test_a_grammar_beside_it_sees_every_token_and_rules_the_rest() -> None:
    evens = Evens()
    budget = ReasoningBudget(OPENING, CLOSE, 1, evens)
    budget.open()
    assert allowed(budget) == list(range(0, WIDTH, 2))
    say(budget, 8)
    assert allowed(budget) == [41]
    say(budget, 41, 42, 60)
    assert evens.seen == [8, 41, 42, 60]
    assert len(allowed(budget)) == WIDTH - 1  # it failed at 60 and is heard no more


def test_a_start_marker_of_several_tokens_is_seen_and_refused_at_its_telling_token() -> None:
    budget = ReasoningBudget((40, 43, 44), CLOSE, 1, None)
    say(budget, 40, 43, 7, 40, 40, 43, 44)
    assert len(allowed(budget)) == WIDTH  # open, with one token left
    say(budget, 1)
    assert allowed(budget) == [41]
    say(budget, 41, 42)
    assert len(allowed(budget)) == WIDTH  # its first token begins other markers too
    say(budget, 40)
    assert allowed(budget) == [at for at in range(WIDTH) if at != 43]


ASKED = GenerationRequest(
    request_id=RequestId("r"), model=ModelId("m"), principal=LOCAL_OWNER, messages=()
)


@pytest.mark.parametrize(
    ("effort", "short", "usual", "long"),
    [
        ("none", 0, 0, 0),
        ("minimal", 50, 409, 3_276),
        ("low", 50, 819, 6_553),
        ("medium", 50, 2_048, 16_384),
        ("high", 80, 3_276, 26_214),
        ("xhigh", 95, 3_891, 31_129),
        ("max", None, None, None),
    ],
)
def test_an_effort_is_a_share_of_the_answer(
    effort: str, short: int | None, usual: int | None, long: int | None
) -> None:
    asked = replace(ASKED, effort=Effort(effort))
    assert [budget_tokens(asked, tokens) for tokens in (100, 4_096, 32_768)] == [short, usual, long]


def test_a_budget_said_outright_wins_and_one_that_the_length_keeps_is_not_watched() -> None:
    assert budget_tokens(ASKED, 100) is None
    assert budget_tokens(replace(ASKED, effort=Effort.LOW, reasoning_budget=70), 100) == 70
    assert budget_tokens(replace(ASKED, reasoning_budget=99), 100) is None
    assert budget_tokens(replace(ASKED, reasoning_budget=0), 1) == 0


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
