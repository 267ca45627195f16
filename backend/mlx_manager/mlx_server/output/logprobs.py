"""Log-probabilities of ids, told beside the text that they became."""

from collections.abc import Iterator, Sequence

from mlx_manager.mlx_server.core.events import (
    Finished,
    GenerationEvent,
    Logprobs,
    SpokenLogprob,
    TextDelta,
)
from mlx_manager.mlx_server.core.logprob import TokenLogprob
from mlx_manager.mlx_server.core.model import Tokenizer
from mlx_manager.mlx_server.core.tokens import Tokens
from mlx_manager.mlx_server.output.assembler import OutputAssembler


class LogprobStage:
    """Puts ``Logprobs`` before the ``TextDelta`` they belong to.

    Entries whose text is held back wait with it. Tokens of reasoning, of calls and of their markers
    have none, nor have those of a stop string, nor the newlines behind a marker: the entries,
    joined, are the visible text.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._waiting: list[SpokenLogprob] = []
        self._behind_marker = False

    def feed(self, item: Tokens, assembler: OutputAssembler) -> Iterator[GenerationEvent]:
        """What the assembler makes of these ids, log-probabilities among it."""
        if not item.logprobs:
            yield from assembler.feed(item.ids)
            return
        for token_id, entry in zip(item.ids, item.logprobs, strict=True):
            if assembler.stopped:
                return
            was_inside = assembler.in_markup
            events = assembler.feed((token_id,))
            if was_inside or assembler.in_markup:
                self._waiting.clear()
                self._behind_marker = True
            else:
                self._add(entry)
            for event in events:
                yield from self.before(event)
            if assembler.stopped:
                self._waiting.clear()

    def before(self, event: GenerationEvent) -> Iterator[GenerationEvent]:
        """An event, behind the entries that belong to it; at the end, behind all that is left."""
        if self._waiting and isinstance(event, (TextDelta, Finished)):
            yield Logprobs(tuple(self._waiting))
            self._waiting.clear()
        if isinstance(event, TextDelta):
            self._behind_marker = False
        yield event

    def _add(self, entry: TokenLogprob) -> None:
        said = spoken(self._tokenizer, entry)
        if not (self._behind_marker and not said.bytes.strip(b"\n")):
            self._waiting.append(said)


def spoken(tokenizer: Tokenizer, entry: TokenLogprob) -> SpokenLogprob:
    """One sampled token and its rivals."""
    top = tuple(_one(tokenizer, token, logprob) for token, logprob in entry.top)
    return _one(tokenizer, entry.token, entry.logprob, top)


def unspoken(tokenizer: Tokenizer, token_ids: Sequence[int]) -> Logprobs:
    """Tokens that were given, not sampled: their log-probability is not a number."""
    return Logprobs(tuple(_one(tokenizer, token, float("nan")) for token in token_ids))


def _one(
    tokenizer: Tokenizer, token: int, logprob: float, top: tuple[SpokenLogprob, ...] = ()
) -> SpokenLogprob:
    raw = tokenizer.token_bytes(token)
    return SpokenLogprob(raw.decode(errors="replace"), raw, logprob, top)
