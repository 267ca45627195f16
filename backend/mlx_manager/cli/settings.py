"""The settings as the command line reads them: a bad value is one line, not a traceback."""

from typing import TYPE_CHECKING

from mlx_manager.cli.failure import fail

if TYPE_CHECKING:
    from pydantic import ValidationError

    from mlx_manager.config import ManagerSettings

PREFIXES = {"ManagerSettings": "MLX_MANAGER_", "MLXServerSettings": "MLX_SERVER_"}


def read_settings(
    host: str | None = None, port: int | None = None, log_level: str | None = None
) -> "ManagerSettings":
    """The manager's settings, with the options that were given in front.

    Ends the process with one line when a value (the inference app's included) is wrong.
    """
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from mlx_manager.config import ManagerSettings
    from mlx_manager.mlx_server.config import MLXServerSettings

    options = {"host": host, "port": port, "log_level": log_level}
    given = {name: value for name, value in options.items() if value is not None}
    try:
        MLXServerSettings()
        return ManagerSettings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        fail(invalid_setting(error))
    except (SettingsError, UnicodeDecodeError) as error:
        fail(f"the settings (environment or .env) cannot be read: {error}")


def invalid_setting(error: "ValidationError") -> str:
    """One sentence that names the first wrong setting, its value and what is allowed."""
    first = error.errors(include_url=False, include_context=False)[0]
    name = PREFIXES.get(error.title, "") + "_".join(str(part) for part in first["loc"]).upper()
    reason = first["msg"][:1].lower() + first["msg"][1:]
    return f"the setting {name} is {first['input']!r}, but {reason.removesuffix('.')}"
