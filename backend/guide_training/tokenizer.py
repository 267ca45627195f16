"""The guide's tokenizer: byte-level BPE that splits values the same way everywhere.

A word, a digit, a space and a mark are each their own piece, so `Paris` after a space in a
question and `Paris` inside JSON quotes are the same tokens, and copying is plain induction.
Two exceptions keep sequences short: a space joins a few function words, which hardly ever begin
a value, and JSON's punctuation (`": "` and the like) is one piece.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

END = "<|endoftext|>"
TURN_START = "<|im_start|>"
TURN_END = "<|im_end|>"
THINK_MARK = "<|think|>"
CONTROL = (END, TURN_START, TURN_END, THINK_MARK)
MARKUP = (
    "<think>",
    "</think>",
    "<tool_call>",
    "</tool_call>",
    "<tool_response>",
    "</tool_response>",
)
VOCABULARY_SIZE = 1536
CONTEXT = 32_768
FUNCTION_WORDS = (
    "the|a|an|is|are|of|to|in|and|or|for|with|on|at|it|its|you|your|by|from|as|be|can|that|this"
    "|not|if|do|does|i|my|me|how|what|when|where|which"
)
PIECES = (
    rf" (?:{FUNCTION_WORDS})(?![\p{{L}}\p{{M}}])"
    r'|[\p{L}\p{M}]+|\p{N}|\{"|"\}+|": "|": |", "|, "|\n+|\s|[^\s\p{L}\p{M}\p{N}]'
)
TEMPLATE = Path(__file__).with_name("template.jinja")


def _blank() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def build(texts: Iterable[str], folder: Path) -> PreTrainedTokenizerFast:
    """Learn the merges from `texts`, write the tokenizer's files to `folder`, return it."""
    tokenizer = _blank()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY_SIZE - len(MARKUP),
        min_frequency=2,
        special_tokens=list(CONTROL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_tokens([AddedToken(mark, special=False, normalized=False) for mark in MARKUP])
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    write_settings(folder)
    return load(folder)


def write_settings(folder: Path) -> None:
    """Write tokenizer_config.json, chat_template.jinja and generation_config.json to `folder`."""
    settings: dict[str, Any] = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": CONTEXT,
        "eos_token": TURN_END,
        "pad_token": END,
        "clean_up_tokenization_spaces": False,
        "chat_template": TEMPLATE.read_text(encoding="utf-8"),
    }
    generation = {"do_sample": False, "temperature": 0.0, "max_new_tokens": 512}
    for name, content in (
        ("tokenizer_config.json", settings),
        ("generation_config.json", generation),
    ):
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        (folder / name).write_text(text, encoding="utf-8")


def load(folder: Path) -> PreTrainedTokenizerFast:
    """Return the tokenizer saved in `folder`."""
    loaded: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(folder)
    return loaded
