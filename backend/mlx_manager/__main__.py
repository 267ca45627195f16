"""``python -m mlx_manager`` is the ``mlx-manager`` command."""

from mlx_manager.cli import app

if __name__ == "__main__":
    app(prog_name="mlx-manager")
