"""Choices, seeds, log-probabilities and bias, with real models behind a real socket."""

import math
from typing import Any

import httpx

from tests.mlx_server.api.conftest import RANDOM_MODEL
from tests.mlx_server.api.requests import chat, completion, events

CHAT, COMPLETIONS, TOKENIZE = "/chat/completions", "/completions", "/tokenize"
WARM: dict[str, Any] = {"model": RANDOM_MODEL, "temperature": 1.0, "max_tokens": 12}


def ask(real: httpx.Client, text: str = "What can you do?", **fields: Any) -> Any:
    """The body of a chat completion."""
    reply = real.post(CHAT, json=chat(text, **fields))
    assert reply.status_code == 200, reply.text
    return reply.json()


def contents(body: Any) -> list[str]:
    """The text of every choice."""
    return [choice["message"]["content"] for choice in body["choices"]]


def test_choices_are_those_of_rising_seeds_and_their_prompt_is_counted_once(
    real: httpx.Client,
) -> None:
    body = ask(real, n=3, seed=5, **WARM)
    alone = [ask(real, seed=5 + at, **WARM) for at in range(3)]
    assert contents(body) == [contents(one)[0] for one in alone]
    assert len(set(contents(body))) > 1
    usage = body["usage"]
    assert usage["prompt_tokens"] == alone[0]["usage"]["prompt_tokens"]
    assert usage["completion_tokens"] == sum(one["usage"]["completion_tokens"] for one in alone)


def test_choices_stream_side_by_side(real: httpx.Client) -> None:
    whole = ask(real, n=3, seed=5, **WARM)
    options = {"include_usage": True}
    reply = real.post(
        CHAT,
        json=chat("What can you do?", n=3, seed=5, stream=True, stream_options=options, **WARM),
    )
    *chunks, done = events(reply.text)
    said = ["", "", ""]
    for chunk in chunks:
        for choice in chunk["choices"]:
            said[choice["index"]] += choice["delta"].get("content") or ""
    assert (said, done) == (contents(whole), "[DONE]")
    counts = ("prompt_tokens", "completion_tokens")
    assert [chunks[-1]["usage"][c] for c in counts] == [whole["usage"][c] for c in counts]


def test_chat_log_probabilities_are_those_of_the_text(real: httpx.Client) -> None:
    body = ask(real, logprobs=True, top_logprobs=20, temperature=0, max_tokens=12)
    choice = body["choices"][0]
    entries = choice["logprobs"]["content"]
    said = b"".join(bytes(entry["bytes"]) for entry in entries).decode()
    assert said.strip() == choice["message"]["content"].strip()
    for entry in entries:
        tops = [rival["logprob"] for rival in entry["top_logprobs"]]
        assert len(tops) == 20
        assert tops == sorted(tops, reverse=True)
        assert entry["logprob"] == tops[0]  # greedy takes the most likely token
        assert sum(math.exp(top) for top in tops) < 1.0001


def test_streamed_log_probabilities_are_the_same_and_none_is_lost(real: httpx.Client) -> None:
    fields: dict[str, Any] = {
        "logprobs": True,
        "top_logprobs": 2,
        "temperature": 0,
        "max_tokens": 12,
        "stop": ["zzz"],
    }
    whole = ask(real, **fields)["choices"][0]["logprobs"]["content"]
    reply = real.post(CHAT, json=chat("What can you do?", stream=True, **fields))
    told = [
        entry
        for chunk in events(reply.text)[:-1]
        for choice in chunk["choices"]
        if choice["logprobs"]
        for entry in choice["logprobs"]["content"]
    ]
    assert [entry["token"] for entry in told] == [entry["token"] for entry in whole]


def test_completion_log_probabilities_have_offsets_and_a_silent_prompt(real: httpx.Client) -> None:
    fields: dict[str, Any] = {"echo": True, "logprobs": 3, "temperature": 0, "max_tokens": 6}
    reply = real.post(COMPLETIONS, json=completion("MLX is", **fields))
    choice = reply.json()["choices"][0]
    told = choice["logprobs"]
    spoken = "".join(told["tokens"])
    assert spoken == choice["text"]
    prompt_tokens = reply.json()["usage"]["prompt_tokens"]
    assert told["token_logprobs"][:prompt_tokens] == [None] * prompt_tokens
    assert told["top_logprobs"][:prompt_tokens] == [None] * prompt_tokens
    for token, logprob, rivals, offset in zip(
        *(told[name] for name in ("tokens", "token_logprobs", "top_logprobs", "text_offset")),
        strict=True,
    ):
        assert choice["text"][offset:].startswith(token)
        assert logprob is None or rivals[token] == logprob


def test_a_bias_bans_and_forces(real: httpx.Client) -> None:
    plain = ask(real, temperature=0, max_tokens=1, logprobs=True)
    said = plain["choices"][0]["logprobs"]["content"][0]["token"]
    tokens = real.post(TOKENIZE, json={"model": "mlx-manager/guide", "prompt": said}).json()
    assert tokens["count"] == 1
    token = str(tokens["tokens"][0])
    banned = ask(real, temperature=0, max_tokens=1, logit_bias={token: -100})
    assert contents(banned) != contents(plain)
    forced = ask(real, temperature=2, seed=1, max_tokens=3, logit_bias={token: 100}, stop=None)
    assert contents(forced)[0].strip() == (said * 3).strip()


def test_a_bias_beyond_the_vocabulary_is_a_400(real: httpx.Client) -> None:
    reply = real.post(CHAT, json=chat(logit_bias={"1536": 1}))
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "logit_bias")
    assert "1535" in reply.json()["error"]["message"]


def test_tokens_there_and_back(real: httpx.Client) -> None:
    text = "Grüße, 漢字 and \N{GRINNING FACE}"
    model = {"model": "mlx-manager/guide"}
    there = real.post(TOKENIZE, json={**model, "prompt": text}).json()
    assert there["count"] == len(there["tokens"])
    assert there["max_model_len"] == 32768
    back = real.post("/detokenize", json={**model, "tokens": there["tokens"]}).json()
    assert back == {"prompt": text}


def test_the_tokens_of_messages_are_those_a_chat_is_charged_for(real: httpx.Client) -> None:
    body = chat("What can you do?")
    counted = real.post(TOKENIZE, json=body).json()["count"]
    assert counted == ask(real, max_tokens=1)["usage"]["prompt_tokens"]


def test_tokenize_refuses_what_it_cannot_read(real: httpx.Client) -> None:
    model = {"model": "mlx-manager/guide"}
    for route, body, param in (
        (TOKENIZE, model, "prompt"),
        (TOKENIZE, {**model, "prompt": 7}, "prompt"),
        (TOKENIZE, {**model, "messages": [{}]}, "messages[0].role"),
        ("/detokenize", {**model, "tokens": [1, -1]}, "tokens[1]"),
        ("/detokenize", {**model, "tokens": [1536]}, "tokens"),
    ):
        reply = real.post(route, json=body)
        assert (reply.status_code, reply.json()["error"]["param"]) == (400, param), reply.text
