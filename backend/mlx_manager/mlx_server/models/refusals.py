"""Why a model is not made resident: the pool's errors, in words."""

from mlx_manager.mlx_server.errors import InsufficientMemory, Overloaded
from mlx_manager.mlx_server.models.residence import Residence
from mlx_manager.mlx_server.models.variant import Variant

GIB = 1024**3
RETRY_SECONDS = 5


def never_fits(variant: Variant, needed_bytes: int, budget_bytes: int) -> InsufficientMemory:
    """Larger than all the memory there is for models."""
    return InsufficientMemory(
        f"The model {variant} needs {needed_bytes / GIB:.1f} GiB and the memory budget is "
        f"{budget_bytes / GIB:.1f} GiB. Choose a smaller quantisation, or raise "
        "MLX_SERVER_MAX_MEMORY_GB or MLX_MANAGER_MAX_MEMORY_PERCENT.",
        param="model",
    )


def no_room(variant: Variant) -> Overloaded:
    """It would fit, if others were not in use."""
    return Overloaded(
        f"There is no room for {variant} while the loaded models are in use or pinned. Try again "
        "shortly, or unload one.",
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
