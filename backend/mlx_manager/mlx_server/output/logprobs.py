"""Log-probabilities of ids, as a reader of text can use them."""

from collections.abc import Sequence

from mlx_manager.mlx_server.core.events import Logprobs, SpokenLogprob
from mlx_manager.mlx_server.core.logprob import TokenLogprob
from mlx_manager.mlx_server.core.model import Tokenizer


def spoken(tokenizer: Tokenizer, entries: Sequence[TokenLogprob]) -> Logprobs:
    """The event for some sampled tokens."""
    return Logprobs(tuple(_spoken(tokenizer, entry) for entry in entries))


def _spoken(tokenizer: Tokenizer, entry: TokenLogprob) -> SpokenLogprob:
    top = tuple(_one(tokenizer, token, logprob) for token, logprob in entry.top)
    return _one(tokenizer, entry.token, entry.logprob, top)


def _one(
    tokenizer: Tokenizer, token: int, logprob: float, top: tuple[SpokenLogprob, ...] = ()
) -> SpokenLogprob:
    raw = tokenizer.token_bytes(token)
    return SpokenLogprob(raw.decode(errors="replace"), raw, logprob, top)
