"""What is known of a process without asking it, from the answers that go through here."""

from mlx_manager.mlx_server.core.events import (
    Finished,
    FinishReason,
    PromptProgress,
    TextDelta,
    Usage,
)
from mlx_manager.services.server_manager.process_use import ProcessUse


def test_an_answer_waits_until_its_prompt_is_read_and_is_counted_exactly_at_its_end() -> None:
    use = ProcessUse()
    with use.answering("writer") as note:
        told = use.figures("writer")
        assert (told.running, told.waiting, use.running("writer")) == (0, 1, 1)
        note(PromptProgress(0, 40))
        told = use.figures("writer")
        assert (told.running, told.waiting) == (1, 0)
        for _ in range(4):
            note(TextDelta("some"))
        told = use.figures("writer")
        assert told.completion_tokens == 4
        assert told.tokens_per_second == 4.0
        note(Finished(FinishReason.STOP, Usage(40, 9, cached_tokens=10)))
    told = use.figures("writer")
    assert (told.running, told.waiting, use.running("writer")) == (0, 0, 0)
    assert (told.prompt_tokens, told.cached_tokens, told.completion_tokens) == (40, 10, 9)
    assert told.cache_hit_rate == 0.25


def test_one_that_left_the_queue_by_leaving_is_in_it_no_more() -> None:
    use = ProcessUse()
    with use.answering("writer"), use.of("writer"):
        told = use.figures("writer")
        assert (told.running, told.waiting) == (1, 1)
    told = use.figures("writer")
    assert (told.running, told.waiting, told.cache_hit_rate) == (0, 0, None)
