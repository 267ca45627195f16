"""A script under a grammar: what a model that wants to say it would say."""

from array import array

from mlx_manager.mlx_server.core.ports import Grammar, SequenceSpec
from tests.fakes.tokenizer import ByteTokenizer


def ruled(spec: SequenceSpec, ids: tuple[int, ...]) -> tuple[int, ...]:
    """``ids``, and for each that the grammar does not allow the first that it does.

    A marker that it takes for text is spelled.
    """
    if spec.grammar is None:
        return ids
    said: list[int] = []
    for wanted in ids:
        said.append(_say(spec.grammar, wanted))
        marker = _marker(spec, wanted) if said[-1] != wanted else b""
        if marker.startswith(bytes([said[-1] % 256])):
            said += [_say(spec.grammar, byte) for byte in marker[1:]]
    return tuple(said)


def _marker(spec: SequenceSpec, token: int) -> bytes:
    return spec.model.tokenizer.decode([token]).encode() if token > 256 else b""


def _say(grammar: Grammar, wanted: int) -> int:
    words = array("i", [-1] * (ByteTokenizer().vocabulary_size // 32 + 1))
    grammar.fill_mask(memoryview(words))
    candidates = (wanted, *range(len(words) * 32))
    token = next(t for t in candidates if words[t // 32] >> t % 32 & 1)
    grammar.consume(token)
    return token
