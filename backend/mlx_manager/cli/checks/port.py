"""The address that the server would listen on."""

from mlx_manager.cli.checks.finding import Finding, State
from mlx_manager.cli.listening import CannotListenError, listen, manager_version_at, url_of
from mlx_manager.config import ManagerSettings


def check_port(settings: ManagerSettings) -> Finding:
    """Free, or taken by a running MLX Manager (which is fine), or by something else."""
    where = f"{settings.host} port {settings.port}"
    try:
        for listener in listen(settings.host, settings.port):
            listener.close()
    except CannotListenError as error:
        version = manager_version_at(settings.host, settings.port)
        if version is not None:
            url = url_of(settings.host, settings.port)
            return Finding("Port", State.OK, f"MLX Manager {version} is running at {url}")
        reason, _, remedy = str(error).partition(". ")
        return Finding("Port", State.PROBLEM, reason.removesuffix("."), remedy or None)
    return Finding("Port", State.OK, f"{where} is free")
