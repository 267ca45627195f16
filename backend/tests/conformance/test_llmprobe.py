"""llmprobe's assertions, against the guide model and against a model that knows the answers."""

from pathlib import Path

import anyio
import pytest

from mlx_manager.mlx_server.core.ids import GUIDE_MODEL_ID
from tests.conformance.conftest import Served
from tests.conformance.llmprobe import Report, probe
from tests.conformance.scripted_model import teach
from tests.manager import Manager

UNSUPPORTED = {
    "chat-vision": "no model with eyes is served yet; the image is a 400 that says so",
    "responses-vision": "as chat-vision",
    "messages-vision": "as chat-vision",
    "chat-rate-limit-headers": "limits per key come with the manager",
    "responses-rate-limit-headers": "as chat-rate-limit-headers",
    "messages-rate-limit-headers": "as chat-rate-limit-headers",
    "responses-reasoning-roundtrip": "llmprobe knows no wire shape for it on this surface",
    "responses-mcp-tools": "llmprobe hosts no MCP server to call back into",
    "embeddings-dimensions": "a chat model has no embeddings; the suite of embeddings covers them",
    "images-generate": "no such route",
    "images-edit": "no such route",
    "audio-speech": "no such route",
}

INCONCLUSIVE = {"embeddings-basic": "a chat model refuses to embed, with a 400 that says so"}

MEANING = {
    "chat-json-mode-parses": "a small model may write one member after another to its length",
    "responses-json-mode-parses": "as chat-json-mode-parses",
    "chat-structured-parses": "a small model may write one string to its length",
    "responses-structured-parses": "as chat-structured-parses",
    "responses-chain-remembers": "the guide knows MLX Manager and cannot recall a stranger's name",
    "chat-unicode-no-mojibake": "the guide copies rare characters byte by byte and may break one",
    "responses-unicode-no-mojibake": "as chat-unicode-no-mojibake",
    "messages-unicode-no-mojibake": "as chat-unicode-no-mojibake",
    "messages-stop-reason": "llmprobe takes a guide that says no more than 'alpha' for one cut off",
}
"""MUSTs that a model of 3M parameters may miss by what it says; the scripted model meets them."""

INCONCLUSIVE_TO_THE_GUIDE = {
    "chat-parallel-tools": "the guide may make one call where two are asked for",
    "responses-parallel-tools": "as chat-parallel-tools",
    "messages-parallel-tools": "as chat-parallel-tools",
    "chat-assistant-prefill": "the guide does not know the capital of France",
    "messages-assistant-prefill": "as chat-assistant-prefill",
    "messages-system-blocks": "the guide does not follow a stranger's system prompt",
    "chat-reasoning-cap": "the guide may think little, or not at all",
    "responses-reasoning-cap": "as chat-reasoning-cap",
    "messages-reasoning-cap": "as chat-reasoning-cap",
    "messages-thinking-budget": "as chat-reasoning-cap",
    "messages-stop-sequence-echo": "the guide may not repeat the words that hold the stop sequence",
}

WARNINGS_OF_THE_GUIDE = {
    "messages-content-blocks-honored": "the guide cannot add 12 and 30",
    "messages-stop-echoed": "as messages-stop-reason",
    "messages-cache-write": "prefixes are kept without being asked for: none is billed as written",
    "count-tokens-matches-usage": "input_tokens leaves out what the cache held, as the spec says",
}

WARNINGS_OF_THE_SCRIPT = {
    "messages-cache-write": "as for the guide",
    "messages-cache-read": "a script has no cache; the guide's run covers it",
}


def check_what_is_absent(report: Report) -> None:
    """Nothing is missing but what is known to be."""
    assert report.unsupported.keys() <= UNSUPPORTED.keys(), report.unsupported


@pytest.mark.anyio
async def test_every_must_holds_with_a_model_that_knows_the_answers(
    manager: Manager, tmp_path: Path, node_project: None
) -> None:
    teach(manager.engine)
    report = await anyio.to_thread.run_sync(probe, manager.url, "any-key", GUIDE_MODEL_ID, tmp_path)
    assert report.failed == {}
    assert report.inconclusive.keys() == INCONCLUSIVE.keys(), report.inconclusive
    assert report.warnings.keys() <= WARNINGS_OF_THE_SCRIPT.keys(), report.warnings
    check_what_is_absent(report)
    assert report.musts >= 190


def test_every_must_that_is_not_about_meaning_holds_with_the_guide(
    served: Served, tmp_path: Path, node_project: None
) -> None:
    report = probe(served.url, served.key, GUIDE_MODEL_ID, tmp_path)
    assert report.failed.keys() <= MEANING.keys(), report.failed
    known = INCONCLUSIVE.keys() | INCONCLUSIVE_TO_THE_GUIDE.keys()
    assert report.inconclusive.keys() <= known, report.inconclusive
    assert report.warnings.keys() <= WARNINGS_OF_THE_GUIDE.keys(), report.warnings
    check_what_is_absent(report)
    assert report.musts >= 180
