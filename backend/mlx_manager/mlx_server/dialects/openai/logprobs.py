"""Log-probabilities in the shapes of chat completions and of completions.

https://platform.openai.com/docs/api-reference/chat/object and .../completions/object
"""

import codecs
import math
from collections.abc import Sequence
from typing import Any

from mlx_manager.mlx_server.core.events import SpokenLogprob

LOWEST = -9999.0
"""What OpenAI reports for a token that could not be; JSON has no infinity."""


def chat_logprobs(entries: Sequence[SpokenLogprob]) -> dict[str, Any]:
    """The ``logprobs`` object of a chat choice."""
    content = [
        {**_chat_token(entry), "top_logprobs": [_chat_token(rival) for rival in entry.top]}
        for entry in entries
    ]
    return {"content": content, "refusal": None}


class CompletionLogprobs:
    """The ``logprobs`` objects of one completion choice, whose offsets go on from chunk to chunk.

    A prompt's own tokens were not sampled: theirs are null.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._offset = 0

    def body(self, entries: Sequence[SpokenLogprob]) -> dict[str, Any]:
        """The object for some tokens; ``text_offset`` counts characters of the choice's text."""
        return {
            "tokens": [_completion_token(entry) for entry in entries],
            "token_logprobs": [_value(entry) for entry in entries],
            "top_logprobs": [_rivals(entry) for entry in entries],
            "text_offset": [self._place(entry) for entry in entries],
        }

    def _place(self, entry: SpokenLogprob) -> int:
        offset = self._offset
        self._offset += len(self._decoder.decode(entry.bytes))
        return offset


def _chat_token(entry: SpokenLogprob) -> dict[str, Any]:
    return {"token": entry.text, "logprob": _value(entry), "bytes": list(entry.bytes)}


def _completion_token(entry: SpokenLogprob) -> str:
    """Half a character is told by its bytes, so that two halves stay apart."""
    try:
        return entry.bytes.decode()
    except UnicodeDecodeError:
        return "bytes:" + "".join(f"\\x{byte:02x}" for byte in entry.bytes)


def _rivals(entry: SpokenLogprob) -> dict[str, float | None] | None:
    """The most likely tokens, and the one that was sampled whether it is among them or not."""
    if math.isnan(entry.logprob):
        return None
    return {_completion_token(each): _value(each) for each in (*entry.top, entry)}


def _value(entry: SpokenLogprob) -> float | None:
    return None if math.isnan(entry.logprob) else max(entry.logprob, LOWEST)
