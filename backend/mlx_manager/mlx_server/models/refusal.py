"""Why a model is not loaded now, or never will be."""

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.profile import Profile
from mlx_manager.mlx_server.errors import BadRequest, InsufficientMemory, Overloaded
from mlx_manager.mlx_server.models.eviction import Plan, Verdict
from mlx_manager.mlx_server.models.residence import Residence

GIB = 1024**3
RETRY_SECONDS = 5


def residence_here(profile: Profile) -> ModelId:
    """What is resident in this process when a profile runs.

    Raises ``BadRequest`` for one that has a process of its own: what cannot be asked there is not
    done here behind its back.
    """
    if profile.own_process:
        raise BadRequest(
            f"The profile {profile.name!r} runs in a process of its own, where this cannot be "
            f"asked. Name its model, {profile.model!r}, to have it run in the server's.",
            param="model",
        )
    return profile.residence


def unsettled(residence: Residence, seconds: float) -> Overloaded:
    """For a request that has waited ``seconds`` for its model."""
    done = f" ({residence.load_progress:.0%} read)" if residence.load_progress else ""
    return Overloaded(
        f"The model {residence.id!r} is still {residence.state.value}{done} after "
        f"{seconds:g} s, and goes on. Try again shortly, load it "
        "beforehand at /v1/admin, or raise MLX_SERVER_LOAD_WAIT_SECONDS.",
        param="model",
        retry_after_seconds=RETRY_SECONDS,
    )


def refuse(plan: Plan, model_id: ModelId, *, needed_bytes: int, budget_bytes: int) -> None:
    """Raise ``InsufficientMemory`` or ``Overloaded`` for a plan in which a model does not fit."""
    if plan.verdict is Verdict.NEVER:
        raise InsufficientMemory(
            f"The model {model_id!r} needs {needed_bytes / GIB:.1f} GiB and the memory budget is "
            f"{budget_bytes / GIB:.1f} GiB. Choose a smaller quantisation, or "
            "raise MLX_SERVER_MAX_MEMORY_GB or MLX_MANAGER_MAX_MEMORY_PERCENT.",
            param="model",
        )
    if plan.verdict is Verdict.BUSY:
        raise Overloaded(
            f"There is no room for {model_id!r} while the loaded models are in use or "
            "pinned. Try again shortly, or unload one.",
            param="model",
            retry_after_seconds=RETRY_SECONDS,
        )
