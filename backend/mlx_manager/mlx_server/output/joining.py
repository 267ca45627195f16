"""Fewer, longer deltas when several tokens arrive together."""

from collections.abc import Iterable
from itertools import groupby

from mlx_manager.mlx_server.core.events import GenerationEvent, ReasoningDelta, TextDelta


def join_deltas(events: Iterable[GenerationEvent]) -> list[GenerationEvent]:
    """The same events with neighbouring texts of one kind as one: one chunk on the wire."""
    joined: list[GenerationEvent] = []
    for kind, group in groupby(events, key=type):
        if kind is TextDelta:
            joined.append(TextDelta("".join(e.text for e in group if isinstance(e, TextDelta))))
        elif kind is ReasoningDelta:
            texts = [e.text for e in group if isinstance(e, ReasoningDelta)]
            joined.append(ReasoningDelta("".join(texts)))
        else:
            joined.extend(group)
    return joined
