"""The dashboard's chat with the built-in model, on MLX: nothing stands in for anything."""

from pathlib import Path

import pytest

from mlx_manager.config import ManagerSettings
from tests.manager import serving
from tests.routers.talk import ask, begin_chat, messages, say, watched

pytestmark = pytest.mark.anyio


async def test_the_guide_answers_thinks_and_is_asked_again(
    settings: ManagerSettings, tmp_path: Path
) -> None:
    async with serving(settings, tmp_path, real_engine=True) as manager:
        ada = await manager.administrator()
        chat = await begin_chat(ada)
        events = await watched(ada, await say(ada, chat, "Hello", thinking=False))
        reply = events[-1][1]["message"]
        assert (reply["status"], reply["finish_reason"], reply["error"]) == (
            "complete",
            "stop",
            None,
        )
        assert len(reply["content"]) > 3
        assert reply["reasoning"] == ""
        assert reply["usage"]["tokens_per_second"] > 0
        health = (await ada.get("/health")).json()["inference"]
        assert health["models_resident"] == ["mlx-manager/guide"]
        again = await ask(ada, "Hello", thinking=False)
        assert again["content"] == reply["content"]  # its own advice is to be greedy
        await watched(ada, await say(ada, chat, "What can you do?", thinking=True))
        thought = (await messages(ada, chat))[-1]
        assert thought["status"] == "complete"
        assert thought["reasoning"]
        assert "<think>" not in thought["content"] + thought["reasoning"]
