"""A conversation made shorter without a model: the newest turns that fit, whole.

Nothing is summed up and nothing invented: system and developer messages stay, then the last turns
(a user's message and all that follows it) as far as the budget goes, the very last one always.
"""

import json
from collections.abc import Sequence

from mlx_manager.mlx_server.dialects.responses.input_items import Item

CHARACTERS_A_TOKEN = 3
"""On the safe side of what tokenizers make of English and of code."""


def budget_characters(context_length: int) -> int:
    """How much of the JSON text of items is kept: about half of the model's context."""
    return context_length // 2 * CHARACTERS_A_TOKEN


def compacted(items: Sequence[Item], budget: int) -> list[Item]:
    """The items kept, in their order; ``budget`` is in characters of JSON."""
    instructions = [item for item in items if _is_instruction(item)]
    turns = _turns([item for item in items if not _is_instruction(item)])
    left = budget - _size(instructions)
    kept: list[list[Item]] = []
    for turn in reversed(turns):
        left -= _size(turn)
        if left < 0 and kept:
            break
        kept.append(turn)
    return [*instructions, *(item for turn in reversed(kept) for item in turn)]


def _is_instruction(item: Item) -> bool:
    return item["type"] == "message" and item["role"] in ("system", "developer")


def _turns(items: Sequence[Item]) -> list[list[Item]]:
    turns: list[list[Item]] = []
    for item in items:
        starts = item["type"] == "message" and item["role"] == "user"
        if starts or not turns:
            turns.append([])
        turns[-1].append(item)
    return turns


def _size(items: Sequence[Item]) -> int:
    return sum(len(json.dumps(item, ensure_ascii=False)) for item in items)
