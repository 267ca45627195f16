"""``mlx-manager version``."""

import typer

from mlx_manager import __version__


def version() -> None:
    """Print the version."""
    typer.echo(__version__)
