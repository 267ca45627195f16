"""``mlx-manager db``: backup, restore, check."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlx_manager.cli.failure import fail
from mlx_manager.cli.settings import read_settings

if TYPE_CHECKING:
    from mlx_manager.db.revision import RevisionState

db = typer.Typer(help="Back up, restore or check the database.", no_args_is_help=True)


@db.command()
def backup(
    target: Annotated[
        Path | None, typer.Argument(help="Where to. Default: beside the database.")
    ] = None,
) -> None:
    """Copy the database, also while the server is running."""
    import sqlite3

    from mlx_manager.db.prepare import back_up
    from mlx_manager.errors import StartupError

    path = read_settings().database_path
    _require_database(path)
    try:
        copy = back_up(path, target)
    except FileExistsError:
        fail(f"{target} is there already; name another file")
    except StartupError as error:
        fail(error.detail)
    except (OSError, sqlite3.Error) as error:
        fail(f"cannot back up {path}: {error}")
    typer.echo(f"Backed up to {copy}")


@db.command()
def restore(
    source: Annotated[Path, typer.Argument(help="A file that 'backup' or an update made.")],
) -> None:
    """Put a backup in the place of the database; the present one is kept beside it."""
    import sqlite3

    from mlx_manager.db import care
    from mlx_manager.errors import StartupError

    path = read_settings().database_path
    try:
        kept = care.restore(source, path)
    except StartupError as error:
        fail(error.detail)
    except (OSError, sqlite3.Error) as error:
        fail(f"cannot restore {path}: {error}")
    typer.echo(f"Restored {path} from {source}")
    if kept is not None:
        typer.echo(f"The database that was there is kept as {kept}")


@db.command()
def check() -> None:
    """Say whether the database is whole, looking at all of it."""
    from mlx_manager.db.care import problems_of

    path = read_settings().database_path
    state = _require_database(path)
    if problems := problems_of(path):
        for problem in problems:
            typer.echo(f"  {problem}")
        fail(f"{path} is damaged; restore a backup: mlx-manager db restore FILE")
    typer.echo(f"{path} is whole ({path.stat().st_size / 1e6:.1f} MB, {state.name.lower()})")


def _require_database(path: Path) -> "RevisionState":
    from mlx_manager.db.revision import RevisionState, revision_state
    from mlx_manager.errors import StartupError

    try:
        state = revision_state(path)
    except StartupError as error:
        fail(error.detail)
    if state is RevisionState.ABSENT:
        fail(f"there is no database at {path} yet; the first start makes it")
    return state
