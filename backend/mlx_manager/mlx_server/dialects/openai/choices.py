"""Several answers to one request: how they are asked for, and their events told apart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mlx_manager.mlx_server.core.events import Finished, GenerationEvent, SpokenLogprob
from mlx_manager.mlx_server.core.request import GenerationRequest, ToolCall


@dataclass(frozen=True, slots=True)
class ChoiceEvent:
    """An event of the choice at ``index``."""

    index: int
    event: GenerationEvent


@dataclass(frozen=True, slots=True)
class Choice:
    """One whole answer."""

    text: str
    finished: Finished
    reasoning: str = ""
    tool_calls: Sequence[ToolCall] = ()
    logprobs: Sequence[SpokenLogprob] = ()


def one_for_each(request: GenerationRequest, choices: int) -> tuple[GenerationRequest, ...]:
    """The request ``choices`` times, with rising seeds where one was given, so that the answers
    differ and each can be had again."""
    seed = request.sampling.seed
    return tuple(
        replace(
            request,
            sampling=replace(request.sampling, seed=None if seed is None else seed + at),
            repeats_prompt=at > 0,
            choice_index=at,
        )
        for at in range(choices)
    )
