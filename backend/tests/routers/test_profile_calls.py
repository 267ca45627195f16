"""A profile's name at ``/v1``, in every dialect: what its callers get and what they may change."""

from typing import Any

import httpx
import pytest

from mlx_manager.config import ManagerSettings
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.ports import SequenceSpec
from tests.conftest import Start
from tests.fakes.model_directory import write_cached_model
from tests.manager import Manager
from tests.routers.profiling import GUIDE, PROFILES, make_profile
from tests.routers.talk import ask

pytestmark = pytest.mark.anyio

TURNS = [{"role": "user", "content": "Hi"}]
CHAT = ("/v1/chat/completions", {"messages": TURNS})
MESSAGES = ("/v1/messages", {"messages": TURNS, "max_tokens": 9})
RESPONSES = ("/v1/responses", {"input": "Hi"})
CHATS: tuple[tuple[str, dict[str, Any]], ...] = (CHAT, MESSAGES, RESPONSES)
GENERATING = (*CHATS, ("/v1/completions", {"prompt": "Hi"}))
LOOKING: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/v1/messages/count_tokens", {"messages": TURNS}),
    ("/v1/responses/compact", {"input": "Hi"}),
    ("/v1/tokenize", {"prompt": "Hi"}),
    ("/v1/detokenize", {"tokens": [72]}),
)
SYSTEM = "Answer as a pirate."


async def call(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], **fields: Any
) -> dict[str, Any]:
    reply = await client.post(path, json={"model": "writer", **body, **fields})
    assert reply.status_code == 200, reply.text
    answered: dict[str, Any] = reply.json()
    return answered


def prompt_of(manager: Manager, spec: SequenceSpec) -> str:
    return manager.engine.tokenizer.decode(spec.prompt.token_ids)


@pytest.mark.parametrize(("path", "body"), GENERATING, ids=[path for path, _ in GENERATING])
async def test_every_dialect_knows_the_name_and_says_it_back(
    manager: Manager, path: str, body: dict[str, Any]
) -> None:
    admin = await manager.administrator()
    sampling = {"temperature": 0.25, "top_p": 0.5, "min_p": 0.1, "seed": 7}
    await make_profile(admin, defaults={**sampling, "repetition_penalty": 1.2})
    answered = await call(admin, path, body)
    assert answered["model"] == "writer"
    [spec] = manager.engine.specs
    assert spec.model.id == GUIDE
    used = spec.sampling
    assert (used.temperature, used.top_p, used.min_p, used.seed) == (0.25, 0.5, 0.1, 7)
    assert (used.repetition_penalty, used.presence_penalty) == (1.2, 0.0)
    # What the request says itself wins, a value that is the usual default included.
    await call(admin, path, body, temperature=1, top_p=0)
    used = manager.engine.specs[-1].sampling
    assert (used.temperature, used.top_p, used.top_k, used.min_p) == (1, 1, 1, 0.1)


@pytest.mark.parametrize(("path", "body"), CHATS, ids=[path for path, _ in CHATS])
async def test_the_system_prompt_is_the_callers_or_else_the_profiles(
    manager: Manager, path: str, body: dict[str, Any]
) -> None:
    admin = await manager.administrator()
    await make_profile(admin, defaults={"system_prompt": SYSTEM})
    await call(admin, path, body)
    assert prompt_of(manager, manager.engine.specs[-1]).count(SYSTEM) == 1
    own: dict[str, Any] = {
        "/v1/chat/completions": {"messages": [{"role": "developer", "content": "Mine"}, *TURNS]},
        "/v1/messages": {"system": "Mine"},
        "/v1/responses": {"instructions": "Mine"},
    }[path]
    await call(admin, path, body, **own)
    prompt = prompt_of(manager, manager.engine.specs[-1])
    assert "Mine" in prompt
    assert SYSTEM not in prompt


async def test_lengths_stops_and_thinking_lie_beneath_the_requests_own(manager: Manager) -> None:
    admin = await manager.administrator()
    defaults = {"max_tokens": 11, "stop": ["o!"], "reasoning_effort": "none"}
    await make_profile(admin, defaults=defaults)
    answered = await call(admin, *CHAT)
    assert answered["choices"][0]["message"]["content"] == "Hell"
    assert manager.engine.specs[-1].max_tokens == 11
    answered = await call(admin, *CHAT, max_completion_tokens=5, stop="lo")
    assert answered["choices"][0]["message"]["content"] == "Hel"
    assert manager.engine.specs[-1].max_tokens == 5
    answered = await call(admin, *RESPONSES, temperature=0.5)
    assert (answered["max_output_tokens"], answered["temperature"]) == (11, 0.5)
    answered = await call(admin, *RESPONSES, max_output_tokens=3)
    assert manager.engine.specs[-1].max_tokens == answered["max_output_tokens"] == 3
    assert manager.engine.specs[-1].grammar is not None  # no reasoning: a budget of nothing
    await call(admin, *CHAT, reasoning_effort="max")
    assert manager.engine.specs[-1].grammar is None


async def test_the_context_is_limited_and_measured_with_the_profiles_own_words(
    manager: Manager,
) -> None:
    admin = await manager.administrator()
    await make_profile(admin, defaults={"context_length": 100, "system_prompt": "x" * 40})
    count = await call(admin, "/v1/messages/count_tokens", {"messages": TURNS})
    tokens = await call(admin, "/v1/tokenize", {"messages": TURNS})
    assert count["input_tokens"] == tokens["count"] > 40
    assert tokens["max_model_len"] == 100
    reply = await admin.post(
        "/v1/chat/completions",
        json={"model": "writer", "messages": [{"role": "user", "content": "y" * 60}]},
    )
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "context_length_exceeded")
    assert "'writer' holds 100" in reply.json()["error"]["message"]
    [shown] = [m for m in (await admin.get("/v1/models")).json()["data"] if m["id"] == "writer"]
    assert (shown["context_length"], shown["profile_of"]) == (100, GUIDE)
    await call(admin, *CHAT)
    room = 100 - len(manager.engine.specs[-1].prompt)
    assert manager.engine.specs[-1].max_tokens == room


async def test_several_answers_read_one_prompt_and_differ_by_their_seeds(manager: Manager) -> None:
    admin = await manager.administrator()
    await make_profile(admin, defaults={"seed": 40, "system_prompt": SYSTEM})
    answered = await call(admin, *CHAT, n=3)
    assert sorted(str(spec.sampling.seed) for spec in manager.engine.specs) == ["40", "41", "42"]
    [row] = (await admin.get("/api/audit", params={"area": "v1"})).json()["items"]
    assert row["prompt_tokens"] == answered["usage"]["prompt_tokens"]
    assert row["prompt_tokens"] == len(manager.engine.specs[0].prompt)


async def test_audit_and_usage_name_the_profile(manager: Manager) -> None:
    admin = await manager.administrator()
    await make_profile(admin)
    for path, body in CHATS:
        await call(admin, path, body)
    rows = (await admin.get("/api/audit", params={"area": "v1"})).json()["items"]
    assert {row["model"] for row in rows} == {"writer"}
    used = (await admin.get("/api/usage", params={"by": "model"})).json()["items"]
    assert [(row["model"], row["requests"]) for row in used] == [("writer", 3)]


async def test_a_key_is_for_names_whatever_runs_under_them(manager: Manager) -> None:
    admin = await manager.administrator()
    await make_profile(admin)
    await make_profile(admin, "poet")
    made = await admin.post("/api/keys", json={"allowed_models": ["writer"]})
    program = await manager.client(made.json()["key"])
    for path, body in (*GENERATING, *LOOKING):
        await call(program, path, body)
        for other in ("poet", GUIDE):
            refused = await program.post(path, json={**body, "model": other})
            assert refused.status_code == 404, (path, other, refused.text)
    assert [m["id"] for m in (await program.get("/v1/models")).json()["data"]] == ["writer"]
    assert (await program.get("/v1/models/poet")).status_code == 404
    made = await admin.post("/api/keys", json={"allowed_models": [GUIDE]})
    other_program = await manager.client(made.json()["key"])
    refused = await other_program.post(CHAT[0], json={"model": "writer", **CHAT[1]})
    assert refused.status_code == 404


async def test_a_folder_of_the_administrators_is_called_by_name_and_by_nobody_as_a_path(
    start: Start, settings: ManagerSettings
) -> None:
    folder = write_cached_model(settings.hf_cache_path, ModelId("acme/Hidden"))
    async with start() as manager:
        admin = await manager.administrator()
        await make_profile(admin, model=str(folder))
        bob = await manager.user(admin, "bob@example.com")
        assert (await call(bob, *CHAT))["model"] == "writer"
        refused = await bob.post(CHAT[0], json={"model": str(folder), **CHAT[1]})
        assert refused.status_code == 404


async def test_a_profile_whose_model_is_gone_says_so_and_is_not_listed(
    start: Start, settings: ManagerSettings
) -> None:
    folder = write_cached_model(settings.hf_cache_path, ModelId("acme/Gone"))
    async with start() as manager:
        admin = await manager.administrator()
        made = await make_profile(admin, model="acme/Gone")
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
        reply = await admin.post(CHAT[0], json={"model": "writer", **CHAT[1]})
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "model_not_found")
        assert "'writer' runs 'acme/Gone'" in reply.json()["error"]["message"]
        assert "writer" not in (await admin.get("/v1/models")).text
        shown = (await admin.get(f"{PROFILES}/{made['id']}")).json()
        assert "not on this machine" in shown["problem"]


async def test_the_dashboards_chat_calls_profiles_as_well(manager: Manager) -> None:
    admin = await manager.administrator()
    await make_profile(admin, defaults={"temperature": 0.3, "system_prompt": SYSTEM})
    reply = await ask(admin, "Hello", model="writer")
    assert (reply["status"], reply["model"]) == ("complete", "writer")
    [spec] = manager.engine.specs
    assert spec.sampling.temperature == 0.3
    assert SYSTEM in prompt_of(manager, spec)
    await ask(admin, "Hello", model="writer", temperature=0.9)
    assert manager.engine.specs[-1].sampling.temperature == 0.9
