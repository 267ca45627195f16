"""Where a prompt may be cut so that its beginning is worth keeping: pure, over token ids."""

from collections.abc import Iterable, Sequence

WORTH_CUTTING_TOKENS = 512
"""Shorter prompts are one segment: finding cuts would cost more than they save."""


def common_prefix(a: Sequence[int], b: Sequence[int]) -> int:
    """How many leading ids two prompts share."""
    for index, (left, right) in enumerate(zip(a, b, strict=False)):
        if left != right:
            return index
    return min(len(a), len(b))


def cut_points(token_ids: Sequence[int], beginnings: Iterable[Sequence[int]]) -> tuple[int, ...]:
    """Rising cut points of a prompt: where it parts from each of its ``beginnings``, and its end.

    A beginning is the rendering of fewer messages; what it shares with the whole prompt is what
    the next turn will share too.
    """
    cuts = {common_prefix(token_ids, beginning) for beginning in beginnings}
    return (*sorted(cut for cut in cuts if 0 < cut < len(token_ids)), len(token_ids))
