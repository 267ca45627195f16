"""Distinct prompts of a known length, different from their first word on: no cache helps."""

import random
from typing import Any

WORDS = ("river", "stone", "lamp", "early", "north", "winter", "paper", "quiet", "boat", "market")


def prompt(seed: int, characters: int = 100) -> str:
    """About ``characters`` bytes of words; one byte is one token of the bench model."""
    source = random.Random(seed)
    text = f"{seed} "
    while len(text) < characters:
        text += source.choice(WORDS) + " "
    return text[:characters]


def chat_body(model: str, seed: int, *, max_tokens: int, **extra: Any) -> dict[str, Any]:
    """A streaming chat request."""
    return {
        "model": model,
        "messages": [{"role": "user", "content": prompt(seed)}],
        "max_tokens": max_tokens,
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
        **extra,
    }
