"""The profiles in force: names that stand for models, beside the models' own."""

from collections.abc import Iterable

from mlx_manager.mlx_server.core.beside import Beside, NothingBeside
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.profile import Profile, with_defaults
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.core.variant import Variant


def pins(profiles: Iterable[Profile]) -> bool:
    """Whether one of these keeps its model from eviction."""
    return any(profile.pinned for profile in profiles)


def idle_seconds(profiles: Iterable[Profile], otherwise: float) -> float:
    """After how long a model that these run on is unloaded: the longest of their times; 0 keeps
    it."""
    times = [
        otherwise if profile.idle_seconds is None else profile.idle_seconds for profile in profiles
    ] or [otherwise]
    return 0.0 if 0 in times else max(times)


class Profiles:
    """Whoever keeps profiles publishes them here; alone, the inference app has none. ``beside``
    tells of those that run in processes of their own.

    Owned by the event loop; other threads only read, and see a whole profile or none.
    """

    def __init__(self) -> None:
        self._by_name: dict[ModelId, Profile] = {}
        self.beside: Beside = NothingBeside()

    def publish(self, profile: Profile) -> None:
        """Serve a profile from now on, or another version of it."""
        self._by_name[profile.name] = profile

    def withdraw(self, name: ModelId) -> None:
        """Serve it no more; requests under way go on."""
        self._by_name.pop(name, None)

    def find(self, name: ModelId) -> Profile | None:
        """A profile by its name."""
        return self._by_name.get(name)

    def all(self) -> list[Profile]:
        """In the order of their names."""
        return sorted(self._by_name.values(), key=lambda profile: profile.name)

    def residence_of(self, name: ModelId, adapter: str | None = None) -> Variant:
        """What a name stands for in memory; one that is no profile's is a model's own."""
        profile = self._by_name.get(name)
        return Variant(name, adapter) if profile is None else profile.residence

    def applied(self, request: GenerationRequest) -> GenerationRequest:
        """A request with the defaults of the profile it names, if it names one."""
        profile = self._by_name.get(request.model)
        return request if profile is None else with_defaults(request, profile.defaults)

    def beside_bytes(self) -> int:
        """What processes beside this one hold of the memory budget."""
        return sum(model.used_bytes for model in self.beside.models())

    def on(self, residence: Variant, names: Iterable[ModelId]) -> list[Profile]:
        """Of the profiles with these names those that still run on a residence."""
        found = (self._by_name.get(name) for name in names)
        return [each for each in found if each is not None and each.residence == residence]

    def shortest_idle(self, otherwise: float) -> float:
        """Of all times after which a model may be unloaded the first; 0 where there is none."""
        times = (otherwise, *(profile.idle_seconds or 0.0 for profile in self._by_name.values()))
        return min((seconds for seconds in times if seconds > 0), default=0.0)
