"""How the command line says that it cannot go on."""

from typing import NoReturn

import typer


def fail(message: str) -> NoReturn:
    """Print one line on stderr and end with status 1."""
    typer.secho(f"mlx-manager: {message}", fg=typer.colors.RED, err=True)
    raise typer.Exit(1)
