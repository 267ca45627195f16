"""A profile's row as the inference app knows it. Pure."""

from mlx_manager.db.server_profiles import ServerProfile
from mlx_manager.mlx_server.core.effort import Effort
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.profile import Defaults, Profile
from mlx_manager.schemas.profile import PlacementKind, ProfileDefaults

_SAMPLING = frozenset(
    {
        "temperature",
        "top_p",
        "top_k",
        "min_p",
        "repetition_penalty",
        "presence_penalty",
        "frequency_penalty",
        "seed",
    }
)


def published(row: ServerProfile) -> Profile:
    """What ``/v1`` is to serve under the row's name."""
    return Profile(
        name=ModelId(row.name),
        model=ModelId(row.model),
        adapter=row.adapter,
        defaults=_defaults(row.defaults),
        pinned=row.pinned,
        idle_seconds=row.idle_seconds,
        created=int(row.created_at.timestamp()),
        key=row.id,
        own_process=row.placement is PlacementKind.PROCESS,
    )


def _defaults(given: ProfileDefaults) -> Defaults:
    return Defaults(
        sampling=given.model_dump(include=set(_SAMPLING), exclude_none=True),
        max_tokens=given.max_tokens,
        stop=tuple(given.stop),
        system_prompt=given.system_prompt,
        context_length=given.context_length,
        effort=None if given.reasoning_effort is None else Effort(given.reasoning_effort),
        template_kwargs=given.chat_template_kwargs,
        tools=tuple(tool.model_dump(exclude_none=True) for tool in given.tools),
        parallel_tool_calls=given.parallel_tool_calls,
    )
