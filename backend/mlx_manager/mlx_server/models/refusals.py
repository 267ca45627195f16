"""Why a model is not made resident: the pool's errors, in words."""

from mlx_manager.mlx_server.core.profile import Profile
from mlx_manager.mlx_server.core.variant import Variant
from mlx_manager.mlx_server.errors import BadRequest, InsufficientMemory, Overloaded
from mlx_manager.mlx_server.models.eviction import Plan, Verdict
from mlx_manager.mlx_server.models.residence import Residence

GIB = 1024**3
RETRY_SECONDS = 5


def residence_here(profile: Profile, adapter: str | None) -> Variant:
    """What is resident in this process when a profile runs.

    Raises ``BadRequest`` for one that has a process of its own (what cannot be asked there is not
    done here behind its back), and for an ``adapter`` beside the profile's.
    """
    if profile.own_process:
        raise BadRequest(
            f"The profile {profile.name!r} runs in a process of its own, where this cannot be "
            f"asked. Name its model, {profile.model!r}, to have it run in the server's.",
            param="model",
        )
    if adapter is not None:
        raise BadRequest(
            f"The profile {profile.name!r} says itself what is on top of its model. Leave out "
            f"'adapter', or name the model, {profile.model!r}.",
            param="adapter",
        )
    return profile.residence


def refuse(plan: Plan, variant: Variant, *, needed_bytes: int, budget_bytes: int) -> None:
    """Raise ``InsufficientMemory`` or ``Overloaded`` for a plan in which a model does not fit."""
    if plan.verdict is Verdict.NEVER:
        raise InsufficientMemory(
            f"The model {variant} needs {needed_bytes / GIB:.1f} GiB and the memory budget is "
            f"{budget_bytes / GIB:.1f} GiB. Choose a smaller quantisation, or raise "
            "MLX_SERVER_MAX_MEMORY_GB or MLX_MANAGER_MAX_MEMORY_PERCENT.",
            param="model",
        )
    if plan.verdict is Verdict.BUSY:
        beside = plan.beside_bytes / GIB
        stop = (
            f" Profiles in processes of their own hold {beside:.1f} GiB; stop one at /api/servers."
        )
        raise Overloaded(
            f"There is no room for {variant} while the loaded models are in use or pinned. Try "
            f"again shortly, or unload one.{stop if beside else ''}",
            param="model",
            retry_after_seconds=RETRY_SECONDS,
        )


def in_use(variant: Variant) -> Overloaded:
    """It cannot be unloaded now."""
    return Overloaded(
        f"The model {variant} is in use; it can be unloaded when its requests end.",
        retry_after_seconds=RETRY_SECONDS,
    )


def still_loading(residence: Residence, waited_seconds: float) -> Overloaded:
    """Nobody waits longer than they are to; the load goes on."""
    done = f" ({residence.load_progress:.0%} read)" if residence.load_progress else ""
    return Overloaded(
        f"The model {residence.id} is still {residence.state.value}{done} after "
        f"{waited_seconds:g} s, and goes on. Try again shortly, load it beforehand at /v1/admin, "
        "or raise MLX_SERVER_LOAD_WAIT_SECONDS.",
        param="model",
        retry_after_seconds=RETRY_SECONDS,
    )
