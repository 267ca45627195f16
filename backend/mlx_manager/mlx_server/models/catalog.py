"""Which models there are: the built-in one, the Hugging Face cache, any directory, and the
profiles' names for them.

The cache's layout (``models--ORG--NAME/{refs,snapshots,blobs}``) is documented at
https://huggingface.co/docs/huggingface_hub/guides/manage-cache.
"""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from mlx_manager.mlx_server.core.ids import GUIDE_MODEL_ID, ModelId
from mlx_manager.mlx_server.core.profile import Profile
from mlx_manager.mlx_server.core.variant import Variant
from mlx_manager.mlx_server.errors import AdapterNotFound, InvalidModel, ModelNotFound
from mlx_manager.mlx_server.models.adapter_files import inspect_adapter
from mlx_manager.mlx_server.models.capabilities import Capabilities, read_capabilities
from mlx_manager.mlx_server.models.files import ModelFiles, inspect
from mlx_manager.mlx_server.models.profiles import Profiles

logger = logging.getLogger(__name__)

GUIDE_PATH = Path(__file__).parents[2] / "guide"


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One entry of ``/v1/models``. ``problem`` says why a model cannot be served; only then are
    its ``capabilities`` not known. ``profile_of`` is the model that a profile's name stands for."""

    id: ModelId
    path: Path
    created: int
    owned_by: str
    weights_bytes: int
    context_length: int | None
    loaded: bool = False
    problem: str | None = None
    capabilities: Capabilities | None = None
    profile_of: ModelId | None = None


@dataclass(frozen=True, slots=True)
class WholeModel:
    """A model whose files were checked, and what they say that it can do."""

    files: ModelFiles
    capabilities: Capabilities


class Catalog:
    """Reads the disk at each call: what was downloaded a second ago is there."""

    def __init__(
        self,
        cache_path: Path,
        guide_path: Path = GUIDE_PATH,
        profiles: Profiles | None = None,
    ) -> None:
        self._cache_path = cache_path.expanduser()
        self._guide_path = guide_path
        self.profiles = Profiles() if profiles is None else profiles

    def models(self) -> list[ModelInfo]:
        """The built-in model first, then the cache's, by name."""
        found = [_describe(GUIDE_MODEL_ID, self._guide_path)]
        for folder in sorted(self._cache_path.glob("models--*")):
            model_id = ModelId(folder.name.removeprefix("models--").replace("--", "/"))
            snapshot = _snapshot(folder)
            if snapshot is not None and (snapshot / "config.json").exists():
                found.append(_describe(model_id, snapshot))
        return found

    def profiled(self) -> list[ModelInfo]:
        """The profiles, by name, also those whose models are gone."""
        return [self._describe_profile(profile) for profile in self.profiles.all()]

    def locate(self, model_id: ModelId, *, allow_paths: bool = False) -> Path:
        """The directory of a model's files. Raises ``ModelNotFound``, saying what there is.

        Who made a profile may have named a path, so its callers need not be allowed to.
        """
        profile = self.profiles.find(model_id)
        if profile is not None:
            return self._locate_for(profile)
        path = self._path_of(model_id, allow_paths)
        if path is None:
            raise self._not_found(model_id)
        return path

    def describe(self, model_id: ModelId) -> ModelInfo:
        """One model's entry, or a profile's. Raises ``ModelNotFound``."""
        profile = self.profiles.find(model_id)
        if profile is not None:
            return self._describe_profile(profile)
        return _describe(model_id, self.locate(model_id))

    def locate_adapter(self, adapter: str, *, allow_paths: bool = False) -> Path:
        """The directory of an adapter's files, found as a model's is. Raises
        ``AdapterNotFound``."""
        path = self._found(adapter, allow_paths)
        if path is None:
            raise AdapterNotFound(
                f"The adapter {adapter[:200]!r} is not on this machine. Name one that was "
                "downloaded into the Hugging Face cache; administrators may also give the path of "
                "its directory.",
                param="adapter",
            )
        return path

    def _locate_for(self, profile: Profile) -> Path:
        path = self._path_of(profile.model, allow_paths=True)
        if path is None:
            raise _model_gone(profile)
        return path

    def _describe_profile(self, profile: Profile) -> ModelInfo:
        """As its model is, within the context that it allows."""
        try:
            info = _describe(profile.model, self._locate_for(profile))
            if info.problem is None and profile.adapter is not None:
                self.inspect(profile)
        except (ModelNotFound, AdapterNotFound, InvalidModel) as error:
            path = Path(profile.model)
            info = ModelInfo(profile.model, path, 0, "profile", 0, None, problem=error.message)
        limits = (profile.defaults.context_length, info.context_length)
        return replace(
            info,
            id=profile.name,
            created=profile.created,
            owned_by="profile",
            context_length=min((each for each in limits if each is not None), default=None),
            profile_of=profile.model,
        )

    def _path_of(self, model_id: ModelId, allow_paths: bool) -> Path | None:
        """A model's own directory, whatever profile has its name."""
        return (
            self._guide_path if model_id == GUIDE_MODEL_ID else self._found(model_id, allow_paths)
        )

    def inspect(self, wanted: Variant | Profile, *, allow_paths: bool = False) -> WholeModel:
        """Locate and check a model, or a profile's, and what is put on top of it.

        Raises ``ModelNotFound``, ``AdapterNotFound``, ``InvalidModel``.
        """
        if isinstance(wanted, Profile):
            variant, path, allow_paths = wanted.residence, self._locate_for(wanted), True
        else:
            variant, path = wanted, self.locate(wanted.model, allow_paths=allow_paths)
        model = WholeModel(inspect(path), read_capabilities(path))
        if variant.adapter is None:
            return model
        adapter = inspect_adapter(self.locate_adapter(variant.adapter, allow_paths=allow_paths))
        return replace(model, files=model.files.with_adapter(adapter))

    def _found(self, name: str, allow_paths: bool) -> Path | None:
        try:
            return self._search(name, allow_paths)
        except (OSError, ValueError, RuntimeError):  # too long, null bytes, no such home
            return None

    def _search(self, model_id: str, allow_paths: bool) -> Path | None:
        if is_path(model_id):
            path = Path(model_id).expanduser()
            return path if allow_paths and path.is_dir() else None
        if ".." in model_id or "\\" in model_id:
            return None
        return _snapshot(self._cache_path / f"models--{model_id.replace('/', '--')}")

    def _not_found(self, model_id: ModelId) -> ModelNotFound:
        there = (*self.profiled(), *self.models())
        names = [str(model.id) for model in there if model.problem is None]
        shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
        return ModelNotFound(
            f"The model {str(model_id)[:200]!r} is not on this machine. Available: {shown}. "
            "GET /v1/models lists them all.",
            param="model",
        )


def _model_gone(profile: Profile) -> ModelNotFound:
    return ModelNotFound(
        f"The profile {str(profile.name)!r} runs {str(profile.model)[:200]!r}, which is not on "
        "this machine. Download it, or choose another model for the profile.",
        param="model",
    )


def is_path(model_id: str) -> bool:
    """Whether a name means a directory: ``/a/b``, ``./b``, ``~/b``."""
    return model_id.startswith(("/", "./", "../", "~"))


def names_a_path(variant: Variant) -> bool:
    """Whether the model or what is put on top of it is a directory by its path."""
    return is_path(variant.model) or is_path(variant.adapter or "")


def _describe(model_id: ModelId, path: Path) -> ModelInfo:
    owner = model_id.split("/")[0] if "/" in model_id else "local"
    created = _modified(path / "config.json")
    try:
        files, capabilities = inspect(path), read_capabilities(path)
    except InvalidModel as error:
        return ModelInfo(model_id, path, created, owner, 0, None, problem=error.message)
    except Exception as error:  # one odd directory must never hide all the others
        logger.exception("Reading %s failed", path)
        problem = f"{path}: not readable as a model ({type(error).__name__}: {error})."
        return ModelInfo(model_id, path, created, owner, 0, None, problem=problem)
    return ModelInfo(
        id=model_id,
        path=path,
        created=created,
        owned_by=owner,
        weights_bytes=files.weights_bytes,
        context_length=files.context_length,
        capabilities=capabilities,
    )


def _snapshot(folder: Path) -> Path | None:
    """The revision that ``main`` names, or the newest where no such reference is kept."""
    snapshots = folder / "snapshots"
    try:
        revision = (folder / "refs" / "main").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        revision = ""
    if revision and (snapshots / revision).is_dir():
        return snapshots / revision
    try:
        candidates = sorted(snapshots.iterdir(), key=lambda path: path.stat().st_mtime)
    except OSError:
        return None
    return candidates[-1] if candidates else None


def _modified(file: Path) -> int:
    try:
        return int(file.stat().st_mtime)
    except OSError:
        return 0
