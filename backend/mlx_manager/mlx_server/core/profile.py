"""A name that clients call a model by, and what holds where they say nothing themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from mlx_manager.mlx_server.core.effort import Effort
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.request import GenerationRequest, Message, SamplingParams
from mlx_manager.mlx_server.core.variant import Variant

_SWITCH = "enable_thinking"
_INSTRUCTIONS = frozenset({"system", "instructions"})
_SAMPLING = frozenset(each.name for each in fields(SamplingParams))


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a request gets where its caller left it out; None leaves it to the server.

    ``sampling`` holds fields of ``SamplingParams`` by their names. ``context_length`` is a limit
    rather than a default: prompt and answer together, in tokens, below the model's own.
    """

    sampling: Mapping[str, Any] = field(default_factory=dict)
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    system_prompt: str | None = None
    context_length: int | None = None
    effort: Effort | None = None
    template_kwargs: Mapping[str, Any] = field(default_factory=dict)
    tools: Sequence[Mapping[str, Any]] = ()
    parallel_tool_calls: bool | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """``name`` stands for ``model``, which is a model's id or a path and never another profile.
    ``adapter``, by its path or id, makes another model of it in memory.

    While it runs, ``pinned`` keeps the model from eviction, and ``idle_seconds`` are those of the
    model: 0 keeps it, None is the server's own time. ``created`` is in Unix seconds; ``key`` is
    what its keeper knows it by. One with an ``own_process`` is answered there, and not here.
    """

    name: ModelId
    model: ModelId
    adapter: str | None = None
    defaults: Defaults = Defaults()
    pinned: bool = False
    idle_seconds: float | None = None
    created: int = 0
    key: str = ""
    own_process: bool = False

    @property
    def residence(self) -> Variant:
        """What is resident when it runs: profiles with the same one share it."""
        return Variant(self.model, self.adapter)


def with_defaults(request: GenerationRequest, defaults: Defaults) -> GenerationRequest:
    """The request with the defaults beneath what its caller ``gave``."""
    given = request.given
    sampling = {
        name: value
        for name, value in defaults.sampling.items()
        if name in _SAMPLING and name not in given
    }
    choice = request.tool_choice
    if defaults.parallel_tool_calls is not None and "parallel_tool_calls" not in given:
        choice = replace(choice, parallel=defaults.parallel_tool_calls)
    if "seed" in sampling:
        sampling["seed"] += request.choice_index
    is_chat = request.messages is not None
    return replace(
        _told_how_to_think(request, defaults),
        sampling=replace(request.sampling, **sampling),
        max_tokens=request.max_tokens if "max_tokens" in given else defaults.max_tokens,
        stop=request.stop if "stop" in given else defaults.stop,
        messages=_instructed(request, defaults.system_prompt),
        context_length=defaults.context_length,
        tools=defaults.tools if is_chat and "tools" not in given else request.tools,
        tool_choice=choice,
    )


def _told_how_to_think(request: GenerationRequest, defaults: Defaults) -> GenerationRequest:
    kwargs = dict(defaults.template_kwargs)
    effort = request.effort
    if "effort" in request.given or _SWITCH in request.template_kwargs:
        kwargs.pop(_SWITCH, None)
    elif defaults.effort is not None:
        effort = defaults.effort
        kwargs = {_SWITCH: effort.thinks, **kwargs}
    return replace(request, effort=effort, template_kwargs={**kwargs, **request.template_kwargs})


def _instructed(
    request: GenerationRequest, system_prompt: str | None
) -> tuple[Message, ...] | None:
    """A system prompt of the caller's own, even an empty one, is instead of the default."""
    messages = request.messages
    if not messages or system_prompt is None or request.given & _INSTRUCTIONS:
        return messages
    if any(message.role == "system" for message in messages):
        return messages
    return (Message("system", system_prompt), *messages)
