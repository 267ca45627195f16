"""llguidance's view of a vocabulary: https://github.com/guidance-ai/llguidance."""

import json
from collections.abc import Collection
from typing import Any


def grammar_vocabulary(tokenizer: Any, size: int, eos: Collection[int]) -> Any:
    """An ``LLTokenizer`` of ``size`` ids over a ``transformers`` tokenizer.

    Raises ``ValueError`` for slow tokenizers, which have no form that llguidance reads.
    """
    from llguidance import LLTokenizer  # noqa: PLC0415  (a library that a start does without)

    fast = getattr(tokenizer, "backend_tokenizer", None)
    if fast is None:
        raise ValueError("only fast tokenizers have a vocabulary that llguidance reads")
    written = json.loads(fast.to_str())
    written["padding"] = written["truncation"] = None
    _hide_markers(written)
    return LLTokenizer(json.dumps(written), n_vocab=size, eos_token=sorted(eos))


def _hide_markers(written: dict[str, Any]) -> None:
    """Give markers names that no text has, in a ``tokenizer.json``.

    llguidance spells text that it forces with the tokenizer. Were ``<tool_call>`` in a string the
    marker's token, it would offer that token, refuse it when it is taken, and give up the rule.
    Grammars speak of markers by their ids.
    """
    model = written["model"]
    vocabulary = model["vocab"]
    for token in written["added_tokens"]:
        name, at = token["content"], token["id"]
        if name == model.get("unk_token") or not (token["special"] or _is_marker(name)):
            continue
        token["content"] = hidden = f"<|marker {at}|>"
        if isinstance(vocabulary, list):  # Unigram's: pieces with their scores
            if at < len(vocabulary) and vocabulary[at][0] == name:
                vocabulary[at][0] = hidden
        elif vocabulary.get(name) == at:
            vocabulary[hidden] = vocabulary.pop(name)


def _is_marker(name: str) -> bool:
    return name.startswith("<") and name.endswith(">")
