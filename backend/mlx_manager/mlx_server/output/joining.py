"""Fewer, longer deltas when several tokens arrive together."""

from collections.abc import Iterable
from itertools import groupby

from mlx_manager.mlx_server.core.events import (
    GenerationEvent,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
)


def join_deltas(events: Iterable[GenerationEvent]) -> list[GenerationEvent]:
    """The same events with neighbouring texts of one kind as one: one chunk on the wire."""
    joined: list[GenerationEvent] = []
    for kind, group in groupby(events, key=type):
        if kind is TextDelta:
            joined.append(TextDelta("".join(e.text for e in group if isinstance(e, TextDelta))))
        elif kind is ReasoningDelta:
            texts = [e.text for e in group if isinstance(e, ReasoningDelta)]
            joined.append(ReasoningDelta("".join(texts)))
        elif kind is ToolCallDelta:
            joined.extend(_join_calls(e for e in group if isinstance(e, ToolCallDelta)))
        else:
            joined.extend(group)
    return joined


def _join_calls(deltas: Iterable[ToolCallDelta]) -> Iterable[ToolCallDelta]:
    """A call's head stays alone; its arguments become one fragment."""
    for (index, is_head), group in groupby(deltas, key=lambda d: (d.index, d.id is not None)):
        if is_head:
            yield from group
        else:
            yield ToolCallDelta(index=index, arguments="".join(delta.arguments for delta in group))
