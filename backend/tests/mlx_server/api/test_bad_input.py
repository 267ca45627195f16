"""Whatever a client sends: a 4xx that names the problem, and the next good request succeeds."""

import json
from typing import Any

import httpx
import pytest

from tests.mlx_server.api.requests import chat, completion
from tests.mlx_server.conftest import Server

pytestmark = pytest.mark.anyio
CHAT, COMPLETIONS = "/chat/completions", "/completions"
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


def turn(**message: Any) -> dict[str, Any]:
    """A chat body whose only message is this one."""
    return {"model": "mlx-manager/guide", "messages": [message]}


FUNCTION = {"type": "function", "function": {"name": "f"}}


def named(name: str) -> dict[str, Any]:
    """A ``tool_choice`` of one function."""
    return {"type": "function", "function": {"name": name}}


FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"messages": [{"role": "user", "content": "Hi"}]}, "model"),
    (chat(model=7), "model"),
    (chat(model=""), "model"),
    (chat(model="x" * 2000), "model"),
    ({"model": "mlx-manager/guide"}, "messages"),
    (chat(messages=[]), "messages"),
    (chat(messages="Hi"), "messages"),
    (chat(messages=["Hi"]), "messages[0]"),
    (turn(content="Hi"), "messages[0].role"),
    (turn(role="robot", content="Hi"), "messages[0].role"),
    (turn(role=["user"], content="Hi"), "messages[0].role"),
    (turn(role="user"), "messages[0].content"),
    (turn(role="user", content=None), "messages[0].content"),
    (turn(role="user", content=7), "messages[0].content"),
    (turn(role="user", content=[]), "messages[0].content"),
    (turn(role="user", content=["Hi"]), "messages[0].content[0]"),
    (turn(role="user", content=[IMAGE]), "messages[0].content[0]"),
    (turn(role="user", content=[{"type": "text"}]), "messages[0].content[0].text"),
    (turn(role="tool", content="42"), "messages[0].tool_call_id"),
    (turn(role="assistant", tool_calls={}), "messages[0].tool_calls"),
    (turn(role="assistant", tool_calls=[{}]), "messages[0].tool_calls[0]"),
    (chat(stream="yes"), "stream"),
    (chat(stream_options=True), "stream_options"),
    (chat(temperature="hot"), "temperature"),
    (chat(temperature=-0.1), "temperature"),
    (chat(temperature=2.1), "temperature"),
    (chat(temperature=True), "temperature"),
    (chat(temperature=10**400), "temperature"),
    (chat(top_p=1.5), "top_p"),
    (chat(top_k=-2), "top_k"),
    (chat(min_p=2), "min_p"),
    (chat(repetition_penalty=0), "repetition_penalty"),
    (chat(presence_penalty=3), "presence_penalty"),
    (chat(frequency_penalty=[1]), "frequency_penalty"),
    (chat(seed=1.5), "seed"),
    (chat(seed=2**80), "seed"),
    (chat(max_tokens=0), "max_tokens"),
    (chat(max_tokens=-1), "max_tokens"),
    (chat(max_tokens=1.5), "max_tokens"),
    (chat(max_tokens="9"), "max_tokens"),
    (chat(max_tokens=10**30), "max_tokens"),
    (chat(max_completion_tokens=0), "max_completion_tokens"),
    (chat(min_tokens=5, max_tokens=4), "min_tokens"),
    (chat(ignore_eos=1), "ignore_eos"),
    (chat(stop=7), "stop"),
    (chat(stop=[""]), "stop[0]"),
    (chat(stop=["a", 1]), "stop[1]"),
    (chat(stop=["a"] * 17), "stop"),
    (chat(stop="a" * 1025), "stop[0]"),
    (chat(n=0), "n"),
    (chat(n=129), "n"),
    (chat(n="1"), "n"),
    (chat(logprobs=3), "logprobs"),
    (chat(top_logprobs=3), "top_logprobs"),
    (chat(logprobs=True, top_logprobs=21), "top_logprobs"),
    (chat(logit_bias=[1]), "logit_bias"),
    (chat(logit_bias={"one": 5}), "logit_bias"),
    (chat(logit_bias={"-1": 5}), "logit_bias"),
    (chat(logit_bias={"1": 101}), "logit_bias.1"),
    (chat(logit_bias={"1": True}), "logit_bias.1"),
    (chat(logit_bias={"262": 1}), "logit_bias"),
    (chat(logit_bias={str(at): 1 for at in range(1025)}), "logit_bias"),
    (chat(response_format={"type": "xml"}), "response_format"),
    (chat(response_format={"type": "json_schema"}), "response_format.json_schema"),
    (
        chat(response_format={"type": "json_schema", "json_schema": {}}),
        "response_format.json_schema.schema",
    ),
    (
        chat(response_format={"type": "json_schema", "json_schema": {"schema": 7}}),
        "response_format.json_schema.schema",
    ),
    (chat(response_format="json"), "response_format"),
    (chat(guided_json="{"), "guided_json"),
    (chat(guided_regex=7), "guided_regex"),
    (chat(guided_regex=""), "guided_regex"),
    (chat(guided_regex="a", guided_grammar="start: A"), "guided_grammar"),
    (chat(tools="weather"), "tools"),
    (chat(tools=[{}]), "tools[0]"),
    (chat(tools=[7]), "tools[0]"),
    (chat(tools=[{"type": "function", "function": {}}]), "tools[0].function.name"),
    (
        chat(tools=[{"type": "function", "function": {"name": "f", "parameters": []}}]),
        "tools[0].function.parameters",
    ),
    (chat(tool_choice="required"), "tool_choice"),
    (chat(tool_choice="maybe"), "tool_choice"),
    (chat(tool_choice={"type": "function"}), "tool_choice"),
    (chat(tools=[FUNCTION], tool_choice=named("g")), "tool_choice.function.name"),
    (
        chat(tools=[FUNCTION], tool_choice={"type": "allowed_tools"}),
        "tool_choice.allowed_tools",
    ),
    (chat(parallel_tool_calls="no"), "parallel_tool_calls"),
    (
        chat(tools=[{"type": "function", "function": {"name": "f", "strict": "yes"}}]),
        "tools[0].function.strict",
    ),
    (chat(reasoning_effort="huge"), "reasoning_effort"),
    (chat(chat_template_kwargs=[1]), "chat_template_kwargs"),
    (chat(chat_template_kwargs={"tokenize": True}), "chat_template_kwargs.tokenize"),
]

PROMPTS: list[tuple[dict[str, Any], str]] = [
    ({"model": "mlx-manager/guide"}, "prompt"),
    (completion(None), "prompt"),
    (completion(""), "prompt"),
    (completion([]), "prompt"),
    (completion(7), "prompt"),
    (completion({}), "prompt"),
    (completion([1.5]), "prompt[0]"),
    (completion([True]), "prompt[0]"),
    (completion([-1]), "prompt[0]"),
    (completion([2**40]), "prompt[0]"),
    (completion(["a", ""]), "prompt[1]"),
    (completion(["a", 1]), "prompt[1]"),
    (completion([[1, "b"]]), "prompt[0][1]"),
    (completion([[]]), "prompt[0]"),
    (completion(["a"] * 257), "prompt"),
    (completion(suffix="end"), "suffix"),
    (completion(best_of=2), "best_of"),
    (completion(n=2, best_of=3), "best_of"),
    (completion(["a"] * 100, n=3), "n"),
    (completion(logprobs=21), "logprobs"),
    (completion(logprobs=True), "logprobs"),
    (completion(response_format={"type": "xml"}), "response_format"),
    (completion(echo="yes"), "echo"),
]

RAW: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "empty"),
    ("white space", b"  \n", "empty"),
    ("no JSON", b"hello", "not valid JSON"),
    ("half of it", b'{"model": "x"', "not valid JSON"),
    ("invalid UTF-8", b'{"model": "\xff\xfe"}', "not valid JSON"),
    ("UTF-16", '{"model": "x"}'.encode("utf-16"), "not valid JSON"),
    ("a list", b"[]", "must be a JSON object"),
    ("a string", b'"hello"', "must be a JSON object"),
    ("null", b"null", "must be a JSON object"),
    ("NaN", b'{"temperature": NaN}', "not valid JSON"),
    ("Infinity", b'{"temperature": -Infinity}', "not valid JSON"),
    ("a bomb of lists", b"[" * 100_000, "nested too deeply"),
    ("a bomb of objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
    ("a number of 5,000 digits", b'{"seed": ' + b"9" * 5000 + b"}", "not valid JSON"),
]


@pytest.fixture(autouse=True)
async def good_afterwards(client: httpx.AsyncClient) -> Any:
    """After each bad request a good one is served."""
    yield
    assert (await client.post(CHAT, json=chat())).status_code == 200


@pytest.mark.parametrize("stream", [False, True])
async def test_a_wrong_field_is_a_400_that_names_it(
    client: httpx.AsyncClient, stream: bool
) -> None:
    for route, table in ((CHAT, FIELDS), (COMPLETIONS, PROMPTS)):
        for body, param in table:
            reply = await client.post(route, json={"stream": stream, **body})
            error = reply.json()["error"]
            assert (reply.status_code, error["param"]) == (400, param), (body, error)
            assert error["type"] == "invalid_request_error"
            assert param.split("[")[0].split(".")[0] in error["message"]
            assert len(error["message"]) < 400


@pytest.mark.parametrize(("raw", "reason"), [r[1:] for r in RAW], ids=[r[0] for r in RAW])
async def test_a_body_that_is_no_json_object_is_a_400_that_says_so(
    client: httpx.AsyncClient, raw: bytes, reason: str
) -> None:
    reply = await client.post(CHAT, content=raw, headers={"content-type": "application/json"})
    assert reply.status_code == 400
    assert reason in reply.json()["error"]["message"]


async def test_an_unknown_model_is_a_404_that_says_what_there_is(
    client: httpx.AsyncClient,
) -> None:
    for name in ("nobody/nothing", "../../etc", "/etc", "a\x00b", "%2e%2e", "x" * 1000, "~"):
        reply = await client.post(CHAT, json=chat(model=name))
        error = reply.json()["error"]
        assert 400 <= reply.status_code < 500, (name, error)
        assert error["code"] in ("model_not_found", "invalid_model")
    reply = await client.post(CHAT, json=chat(model="nobody/nothing"))
    assert reply.status_code == 404
    assert "mlx-manager/guide" in reply.json()["error"]["message"]


async def test_a_token_id_that_the_model_has_not_is_a_400(client: httpx.AsyncClient) -> None:
    reply = await client.post(COMPLETIONS, json=completion([100_000]))
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "prompt")
    assert "from 0 to 261" in reply.json()["error"]["message"]


async def test_a_prompt_over_the_context_is_a_400(client: httpx.AsyncClient) -> None:
    for stream in (False, True):
        reply = await client.post(CHAT, json=chat("x" * 5000, stream=stream))
        assert (reply.status_code, reply.json()["error"]["code"]) == (
            400,
            "context_length_exceeded",
        )


async def test_ten_megabytes_are_read(client: httpx.AsyncClient) -> None:
    reply = await client.post(CHAT, json=chat("x" * 10_000_000))
    assert reply.json()["error"]["code"] == "context_length_exceeded"
    unused = await client.post(CHAT, json=chat(metadata={"blob": "x" * 10_000_000}))
    assert unused.status_code == 200


async def test_a_body_over_the_limit_is_a_413_that_the_client_can_read(
    client: httpx.AsyncClient,
) -> None:
    reply = await client.post(CHAT, json=chat("x" * 13_000_000))
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "request_too_large")
    assert "12 MB" in reply.json()["error"]["message"]


async def test_the_content_type_does_not_matter(client: httpx.AsyncClient) -> None:
    raw = json.dumps(chat()).encode()
    for headers in ({}, {"content-type": "text/plain"}, {"content-type": "nonsense"}):
        reply = await client.post(CHAT, content=raw, headers=headers)
        assert reply.status_code == 200


async def test_half_an_emoji_is_mended(server: Server, client: httpx.AsyncClient) -> None:
    raw = json.dumps(chat("cut \ud83d off \U0001f600")).encode()
    assert (await client.post(CHAT, content=raw)).status_code == 200
    prompt = server.engine.tokenizer.decode(server.engine.specs[-1].prompt.token_ids)
    assert "cut \ufffd off \U0001f600" in prompt


async def test_unknown_fields_and_nulls_are_no_error(client: httpx.AsyncClient) -> None:
    body = chat(
        surprise=1, user="me", metadata={"a": "b"}, store=True, service_tier="auto", prediction={}
    )
    nulls = dict.fromkeys(
        ("temperature", "top_p", "max_tokens", "stop", "n", "seed", "tools", "logprobs", "stream")
    )
    assert (await client.post(CHAT, json={**body, **nulls})).status_code == 200


async def test_unknown_routes_and_methods_have_the_same_shape(client: httpx.AsyncClient) -> None:
    missing = await client.post("/chat/complete", json=chat())
    wrong = await client.get(CHAT)
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "POST"
    assert "GET /v1/chat/completions" in wrong.json()["error"]["message"]


async def test_an_unexpected_failure_shows_no_traceback(
    server: Server, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(headers: Any) -> Any:
        raise ZeroDivisionError("secret")

    working, server.app.state.authenticate = server.app.state.authenticate, broken
    reply = await client.post(CHAT, json=chat())
    server.app.state.authenticate = working
    assert (reply.status_code, reply.json()["error"]["type"]) == (500, "server_error")
    assert "secret" not in reply.text
    assert "ZeroDivisionError" in caplog.text
    assert reply.headers["x-request-id"] in caplog.text
