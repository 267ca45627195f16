"""Token ids to text, one id at a time."""

from mlx_manager.mlx_server.core.model import Tokenizer

_REPLACEMENT = "\ufffd"


class TextDecoder:
    """One sequence's detokenizer: half a character waits for its other half.

    mlx-lm's detokenizers drop a space before the first word. That is right for the first turn of a
    chat, but the answer to a raw prompt continues it, and its first space counts: with
    ``continues_prompt`` the detokenizer is first shown a token that comes before, and its text is
    thrown away.
    """

    __slots__ = ("_add", "_detokenizer")

    def __init__(self, tokenizer: Tokenizer, *, continues_prompt: bool = False) -> None:
        self._detokenizer = tokenizer.detokenizer
        self._add = self._detokenizer.add_token
        if continues_prompt:
            for token_id in tokenizer.encode(".", add_special_tokens=False):
                self._add(token_id)
            _ = self._detokenizer.last_segment

    def feed(self, token_id: int) -> str:
        """The text that this id completes, often empty."""
        self._add(token_id)
        return self._detokenizer.last_segment

    def finish(self) -> str:
        """What was waiting; half a character that will get no other half is dropped."""
        self._detokenizer.finalize()
        return self._detokenizer.last_segment.rstrip(_REPLACEMENT)
