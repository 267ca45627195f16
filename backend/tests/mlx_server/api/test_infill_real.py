"""``suffix`` of /v1/completions, with real weights behind a real socket."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mlx_manager.mlx_server.config import MLXServerSettings
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.main import create_app
from tests.fakes.model_directory import snapshot_folder
from tests.fakes.tiny_models import make_model
from tests.fakes.tokenizers import add_tokens
from tests.mlx_server.api.requests import completion, events
from tests.serving import served_in_thread

INFILLER, PLAIN = ModelId("tiny/infiller"), ModelId("tiny/plain")
PREFIX_ID, MIDDLE_ID, SUFFIX_ID, PAD_ID = 257, 258, 259, 260
BEFORE, AFTER = "def f():", "return x"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    cache: Path = tmp_path_factory.mktemp("hub")
    make_model(snapshot_folder(cache, PLAIN))
    folder = make_model(snapshot_folder(cache, INFILLER))
    add_tokens(folder, "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>")
    with served_in_thread(create_app(settings=MLXServerSettings(hf_cache_path=cache))) as url:
        yield f"{url}/v1"


@pytest.fixture
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served, timeout=120) as client:
        yield client


def ask(http: httpx.Client, prompt: Any = BEFORE, **fields: Any) -> httpx.Response:
    fields = {"model": INFILLER, "temperature": 0, "max_tokens": 12, **fields}
    return http.post("/completions", json=completion(prompt, **fields))


def ids_of(http: httpx.Client, text: str) -> list[int]:
    body = {"model": INFILLER, "prompt": text}
    return list(http.post("/tokenize", json=body).json()["tokens"])


def test_the_gap_is_filled_from_both_sides(http: httpx.Client) -> None:
    # The byte-level alphabet is sorted, so that ids are not bytes.
    before, after = ids_of(http, BEFORE), ids_of(http, AFTER)
    by_hand = [PREFIX_ID, *before, SUFFIX_ID, *after, MIDDLE_ID]
    whole, wanted = ask(http, suffix=AFTER).json(), ask(http, by_hand).json()
    assert whole["choices"][0]["text"] == wanted["choices"][0]["text"]
    assert whole["usage"]["prompt_tokens"] == len(by_hand)
    assert whole["choices"][0]["text"] != ask(http).json()["choices"][0]["text"]
    chunks = events(ask(http, suffix=AFTER, stream=True).text)
    streamed = "".join(c["choices"][0]["text"] for c in chunks[:-1] if c["choices"])
    assert streamed == whole["choices"][0]["text"]


def test_an_echo_says_what_stands_before_the_gap(http: httpx.Client) -> None:
    said = ask(http, suffix=AFTER).json()["choices"][0]["text"]
    assert ask(http, suffix=AFTER, echo=True).json()["choices"][0]["text"] == BEFORE + said


@pytest.mark.parametrize("token", [PREFIX_ID, MIDDLE_ID, PAD_ID])
def test_a_token_of_the_form_ends_the_middle_and_is_no_part_of_it(
    http: httpx.Client, token: int
) -> None:
    reply = ask(http, suffix=AFTER, logit_bias={str(token): 100})
    choice = reply.json()["choices"][0]
    assert (choice["text"], choice["finish_reason"]) == ("", "stop")


def test_nothing_behind_the_gap_is_a_prompt_as_ever(http: httpx.Client) -> None:
    said = ask(http).json()
    assert ask(http, suffix="").json()["choices"] == said["choices"]
    assert ask(http, suffix=None).json()["choices"] == said["choices"]


def test_a_model_that_cannot_is_a_400_before_it_is_loaded(http: httpx.Client) -> None:
    reply = ask(http, model=PLAIN, suffix=AFTER)
    error = reply.json()["error"]
    assert (reply.status_code, error["param"]) == (400, "suffix")
    assert "cannot fill in the middle" in error["message"]
    listed = {m["id"]: m for m in http.get("/models").json()["data"]}
    assert listed[PLAIN]["capabilities"]["infill"] is False
    assert listed[INFILLER]["capabilities"]["infill"] is True
    assert listed[PLAIN]["loaded"] is False


@pytest.mark.parametrize("suffix", [7, ["x"], {}, True])
def test_what_is_no_text_is_a_400(http: httpx.Client, suffix: Any) -> None:
    reply = ask(http, suffix=suffix)
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "suffix")
