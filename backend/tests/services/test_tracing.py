"""Nothing is loaded for tracing, and so nothing sent, without a token."""

import subprocess
import sys
from pathlib import Path

import pytest

BACKEND = Path(__file__).parents[2]


@pytest.mark.parametrize("changes", ["", "logfire_enabled=False, logfire_token='x'"])
def test_without_a_token_or_when_switched_off_logfire_is_never_imported(changes: str) -> None:
    program = (
        "import sys\n"
        "from mlx_manager.mlx_server.config import MLXServerSettings\n"
        "from mlx_manager.services.tracing import configure_tracing\n"
        f"configure_tracing(MLXServerSettings({changes}))\n"
        "print('logfire' in sys.modules)"
    )
    environment = {"PYDANTIC_DISABLE_PLUGINS": "logfire-plugin"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=BACKEND,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"
