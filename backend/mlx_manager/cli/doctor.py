"""``mlx-manager doctor``: what was found, and what to do about it."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from mlx_manager import __version__
from mlx_manager.cli.settings import read_settings

if TYPE_CHECKING:
    from mlx_manager.cli.checks.finding import Finding
    from mlx_manager.config import ManagerSettings

MARKS = {"ok": ("ok", typer.colors.GREEN), "warning": ("warning", typer.colors.YELLOW)}
PROBLEM_MARK = ("problem", typer.colors.RED)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Look at this machine and say what would keep MLX Manager from running well."""
    findings = examine(read_settings())
    healthy = all(finding.state != "problem" for finding in findings)
    if as_json:
        checks = [asdict(finding) for finding in findings]
        typer.echo(json.dumps({"ok": healthy, "version": __version__, "checks": checks}, indent=2))
    else:
        _print(findings)
    if not healthy:
        raise typer.Exit(1)


def examine(settings: "ManagerSettings") -> "list[Finding]":
    """Every check, in the order in which a person would ask."""
    from mlx_manager.cli.checks import machine, port, storage
    from mlx_manager.mlx_server.config import MLXServerSettings

    return [
        machine.check_python(),
        *machine.check_mlx(),
        machine.check_memory(settings, MLXServerSettings()),
        storage.check_database(settings),
        storage.check_model_cache(settings),
        port.check_port(settings),
        storage.check_dashboard(),
        storage.check_guide(),
    ]


def _print(findings: "Sequence[Finding]") -> None:
    typer.echo(f"MLX Manager {__version__}")
    for finding in findings:
        mark, colour = MARKS.get(finding.state, PROBLEM_MARK)
        typer.echo(f"  {typer.style(f'{mark:8}', fg=colour)} {finding.name:12} {finding.detail}")
        if finding.remedy and finding.state != "ok":
            typer.echo(f"  {'':8} {'':12} {finding.remedy}")
