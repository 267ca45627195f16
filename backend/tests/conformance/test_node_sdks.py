"""The Node SDKs, each with its own suite for ``node --test``, over a real socket."""

import pytest

from mlx_manager.mlx_server.core.ids import GUIDE_MODEL_ID
from tests.conformance.conftest import Served
from tests.conformance.node import run_program


@pytest.mark.parametrize("sdk", ["openai", "anthropic", "ai"])
def test_a_node_sdk_works_the_first_time(served: Served, node_project: None, sdk: str) -> None:
    run = run_program(
        "node",
        "--test",
        f"node_sdks/{sdk}.test.mjs",
        MANAGER_URL=served.url,
        MANAGER_KEY=served.key,
        MANAGER_MODEL=GUIDE_MODEL_ID,
    )
    assert run.returncode == 0, run.stdout + run.stderr
