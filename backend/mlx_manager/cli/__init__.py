"""The ``mlx-manager`` command: one file a verb.

What enters: arguments and the environment. What leaves: one process serving, or a few lines and
an exit status: 0 when all is well, 1 with one line on stderr when it is not. Importing this room
is cheap; a verb imports what it needs when it is called.
"""

import typer

from mlx_manager.cli.database import db
from mlx_manager.cli.doctor import doctor
from mlx_manager.cli.serve import serve
from mlx_manager.cli.version import version

app = typer.Typer(
    name="mlx-manager",
    help="Serve this machine's MLX models to people and programs.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # importing rich would be most of the time that --help takes
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(serve)
app.command()(doctor)
app.command()(version)
app.add_typer(db, name="db")
