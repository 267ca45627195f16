"""What a model on this machine is needed for."""

from collections.abc import Awaitable, Callable, Sequence

from mlx_manager.errors import ModelInUse

MOST_SHOWN = 5


class ModelNeeds:
    """``is_downloading`` and ``profiles_on`` know of their own rooms, by a model's name."""

    def __init__(
        self,
        is_downloading: Callable[[str], bool],
        profiles_on: Callable[[str], Awaitable[Sequence[str]]],
    ) -> None:
        self._is_downloading = is_downloading
        self._profiles_on = profiles_on

    async def check_free(self, model: str) -> None:
        """Raise ``ModelInUse``, saying by what, for one that must stay."""
        if self._is_downloading(model):
            raise ModelInUse(f"{model} is being downloaded; cancel that first.")
        if names := await self._profiles_on(model):
            shown = ", ".join(map(repr, names[:MOST_SHOWN]))
            more = " and more" if len(names) > MOST_SHOWN else ""
            raise ModelInUse(
                f"{model} is what these profiles run: {shown}{more}. Choose another model there, "
                "or delete them first."
            )
