"""Adapters on top of a model: real LoRA layers of mlx-lm, real weights, a real socket."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mlx_manager.mlx_server.config import MLXServerSettings
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.principal import Principal, PrincipalKind
from mlx_manager.mlx_server.main import create_app
from tests.fakes.adapters import greedy_text, make_adapter
from tests.fakes.model_directory import snapshot_folder
from tests.fakes.tiny_models import make_model
from tests.mlx_server.api.requests import chat, completion, events
from tests.serving import served_in_thread

BASE, OTHER = ModelId("tiny/base"), ModelId("tiny/other")
LORA, DORA, FULL, NARROW = (ModelId(f"me/{name}") for name in ("lora", "dora", "full", "narrow"))
PROMPT = "An adapter changes what is said, and this is long enough to be cached."
TOKENS = 16
GREEDY: dict[str, Any] = {"temperature": 0, "max_tokens": TOKENS, "model": BASE}

CALLERS = {
    "admin": Principal("admin", PrincipalKind.USER, is_admin=True),
    "user": Principal("user", PrincipalKind.USER),
    "base-only": Principal("user", PrincipalKind.KEY, allowed_models=(BASE,)),
}


async def by_header(headers: Any) -> Principal:
    """Who asks is who they say they are."""
    return CALLERS[headers.get("x-caller", "admin")]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hub")
    base = make_model(snapshot_folder(root, BASE), seed=5)
    make_model(snapshot_folder(root, OTHER), seed=5, hidden_size=32, head_dim=8)
    make_adapter(snapshot_folder(root, LORA), base)
    make_adapter(snapshot_folder(root, DORA), base, kind="dora", seed=2)
    make_adapter(snapshot_folder(root, FULL), base, kind="full", seed=3)
    keys = ["self_attn.q_proj"]
    make_adapter(snapshot_folder(root, NARROW), base, keys=keys, num_layers=1, seed=4)
    return root


@pytest.fixture(scope="module")
def served(cache: Path) -> Iterator[str]:
    settings = MLXServerSettings(hf_cache_path=cache, max_memory_gb=4, max_models=3)
    app = create_app(settings=settings)
    app.state.authenticate = by_header
    with served_in_thread(app) as url:
        yield f"{url}/v1"


@pytest.fixture
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served, timeout=120) as client:
        yield client


def say(http: httpx.Client, **fields: Any) -> str:
    """The text of a completion."""
    reply = http.post("/completions", json=completion(PROMPT, **{**GREEDY, **fields}))
    assert reply.status_code == 200, reply.text
    return str(reply.json()["choices"][0]["text"])


def whole(text: str) -> str:
    """Without the half character at its end, which the two do not show alike."""
    return text.rstrip("\ufffd")


def refused(http: httpx.Client, caller: str = "admin", **fields: Any) -> tuple[int, str, str]:
    """The status, the code and the message of an error about the adapter."""
    body = completion(PROMPT, **{**GREEDY, **fields})
    reply = http.post("/completions", json=body, headers={"x-caller": caller})
    error = reply.json()["error"]
    assert error["param"] == "adapter", reply.text
    return reply.status_code, error["code"], error["message"]


@pytest.mark.parametrize("adapter", [LORA, DORA, FULL, NARROW])
def test_the_answer_is_the_one_of_mlx_lm(http: httpx.Client, cache: Path, adapter: ModelId) -> None:
    base, folder = snapshot_folder(cache, BASE), snapshot_folder(cache, adapter)
    wanted = whole(greedy_text(base, PROMPT, TOKENS, folder))
    assert whole(say(http, adapter=adapter)) == wanted
    assert whole(say(http)) == whole(greedy_text(base, PROMPT, TOKENS)) != wanted


def test_chat_responses_and_streams_take_it_too(http: httpx.Client) -> None:
    plain, told = (
        http.post("/chat/completions", json=chat(PROMPT, **{**GREEDY, **more})).json()
        for more in ({}, {"adapter": LORA})
    )
    text = told["choices"][0]["message"]["content"]
    assert text != plain["choices"][0]["message"]["content"]
    body = chat(PROMPT, **GREEDY, adapter=LORA, stream=True)
    chunks = events(http.post("/chat/completions", json=body).text)
    deltas = [c["choices"][0]["delta"] for c in chunks[:-1] if c["choices"]]
    assert "".join(delta.get("content") or "" for delta in deltas) == text
    answer = http.post(
        "/responses",
        json={
            "model": BASE,
            "input": PROMPT,
            "adapter": LORA,
            "temperature": 0,
            "max_output_tokens": TOKENS,
        },
    ).json()
    assert answer["output"][0]["content"][0]["text"] == text


def test_each_is_a_resident_of_its_own_and_shares_no_prefix(http: httpx.Client) -> None:
    def cached(**fields: Any) -> int:
        body = completion(PROMPT, **GREEDY, **fields)
        usage = http.post("/completions", json=body).json()["usage"]
        return int(usage["prompt_tokens_details"]["cached_tokens"])

    for adapter in (None, LORA):
        http.post("/admin/unload", json={"model": BASE, "adapter": adapter})
    assert (cached(), cached(adapter=LORA)) == (0, 0)
    assert (cached() > 0, cached(adapter=LORA) > 0) == (True, True)
    status = http.get("/admin/status").json()
    there = {(m["id"], m["adapter"]): m["weights_bytes"] for m in status["models"]}
    assert there[(BASE, LORA)] > there[(BASE, None)] > 0


def test_one_makes_room_for_another_and_leaves_when_told(http: httpx.Client) -> None:
    order = {"model": BASE, "adapter": NARROW, "pinned": True}
    assert http.post("/admin/load", json=order).json()["resident"]["adapter"] == NARROW
    for adapter in (LORA, DORA, FULL):  # one place more than there is
        say(http, adapter=adapter)
    models = http.get("/admin/status").json()["models"]
    assert {m["adapter"] for m in models if m["state"] == "ready"} == {NARROW, DORA, FULL}
    assert http.post("/admin/unload", json=order).status_code == 200
    assert NARROW not in {m["adapter"] for m in http.get("/admin/status").json()["models"]}


def test_an_echoed_prompt_loads_nothing_but_the_adapted_model(http: httpx.Client) -> None:
    http.post("/admin/unload", json={"model": BASE})
    assert say(http, adapter=LORA, echo=True) == PROMPT + say(http, adapter=LORA)
    adapters = {m["adapter"] for m in http.get("/admin/status").json()["models"]}
    assert None not in adapters


@pytest.mark.parametrize("name", ["me/absent", "me/../lora", "..\\lora", "/no/such/place", "a\0b"])
def test_an_adapter_that_is_not_there_is_a_404(http: httpx.Client, name: str) -> None:
    status, code, message = refused(http, adapter=name)
    assert (status, code) == (404, "adapter_not_found")
    assert "not on this machine" in message


def test_a_path_is_for_administrators(http: httpx.Client, cache: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(snapshot_folder(cache, LORA), tmp_path / "mine")
    assert say(http, adapter=str(folder)) == say(http, adapter=LORA)
    for name in (str(folder), f"{tmp_path}/./mine", "~/mine", "./mine", "../mine"):  # loaded or not
        status, code, message = refused(http, "user", adapter=name)
        assert (status, code) == (404, "adapter_not_found")
        assert "administrators" in message


def test_a_key_for_some_models_is_for_those_adapters_only(http: httpx.Client) -> None:
    status, code, message = refused(http, "base-only", adapter=LORA)
    assert (status, code) == (404, "adapter_not_found")
    assert f"It is for: {BASE}" in message


def change(file: Path, **fields: Any) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **fields}))


BROKEN: dict[str, tuple[str, Any]] = {
    "the file is missing; this is not an adapter": ("adapter_config.json", Path.unlink),
    "the file is missing; this is not a whole": ("adapters.safetensors", Path.unlink),
    "not readable JSON": ("adapter_config.json", lambda f: f.write_text("{")),
    "not a JSON object": ("adapter_config.json", lambda f: f.write_text("[]")),
    "the file is cut short": (
        "adapters.safetensors",
        lambda f: f.write_bytes(f.read_bytes()[:-9]),
    ),
    "no tensors": (
        "adapters.safetensors",
        lambda f: f.write_bytes((2).to_bytes(8, "little") + b"{}"),
    ),
    "PEFT": ("adapter_config.json", lambda f: change(f, peft_type="LORA")),
    "'fine_tune_type' must be": ("adapter_config.json", lambda f: change(f, fine_tune_type="ia3")),
    "'num_layers' must be": ("adapter_config.json", lambda f: change(f, num_layers="all")),
    "'lora_parameters' must be": ("adapter_config.json", lambda f: change(f, lora_parameters=8)),
    "'lora_parameters.rank' must be": (
        "adapter_config.json",
        lambda f: change(f, lora_parameters={"rank": 0, "scale": 1, "dropout": 0}),
    ),
    "'lora_parameters.scale' must be": (
        "adapter_config.json",
        lambda f: change(f, lora_parameters={"rank": 8, "alpha": 16, "dropout": 0}),
    ),
    "'lora_parameters.dropout' must be": (
        "adapter_config.json",
        lambda f: change(f, lora_parameters={"rank": 8, "scale": 1, "dropout": 1}),
    ),
    "'lora_parameters.keys' must be": (
        "adapter_config.json",
        lambda f: change(f, lora_parameters={"rank": 8, "scale": 1, "dropout": 0, "keys": [1]}),
    ),
}


@pytest.mark.parametrize("reason", BROKEN)
def test_a_broken_adapter_names_the_file_and_the_reason(
    http: httpx.Client, cache: Path, tmp_path: Path, reason: str
) -> None:
    folder = shutil.copytree(snapshot_folder(cache, LORA), tmp_path / "broken")
    name, spoil = BROKEN[reason]
    spoil(folder / name)
    status, code, message = refused(http, adapter=str(folder))
    assert (status, code) == (400, "invalid_model")
    assert name in message
    assert reason in message


def test_an_adapter_of_another_model_says_what_does_not_fit(http: httpx.Client) -> None:
    status, code, message = refused(http, model=OTHER, adapter=LORA)
    assert (status, code) == (400, "invalid_model")
    assert "does not fit the model" in message
    assert "does not match model parameter shape" in message
    assert OTHER not in {m["id"] for m in http.get("/admin/status").json()["models"]}


@pytest.mark.parametrize("adapter", ["", 7, ["me/lora"], "x" * 1025])
def test_what_is_no_name_is_a_400(http: httpx.Client, adapter: Any) -> None:
    assert refused(http, adapter=adapter)[0] == 400
