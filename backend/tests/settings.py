"""Settings that come from the test alone."""

from typing import Any

from mlx_manager.config import ManagerSettings
from mlx_manager.mlx_server.config import MLXServerSettings


def manager_settings(**values: Any) -> ManagerSettings:
    """The manager's, whatever ``.env`` says."""
    return ManagerSettings(_env_file=None, **values)  # type: ignore[call-arg]


def inference_settings(**values: Any) -> MLXServerSettings:
    """The inference app's, whatever ``.env`` says."""
    return MLXServerSettings(_env_file=None, **values)  # type: ignore[call-arg]
