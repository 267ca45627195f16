"""Answers held to a format: random weights, the hardest case, and the guide model."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import jsonschema
import openai
import pydantic
import pytest

from tests.mlx_server.api.conftest import RANDOM_MODEL
from tests.mlx_server.api.json_schemas import ENFORCED, INTEGER, REFUSED, an_object
from tests.mlx_server.api.requests import chat, completion, events, joined

CHAT = "/chat/completions"
CITY = an_object("city", "days", city={"type": "string", "maxLength": 12}, days=INTEGER)


def held_to(schema: Any, **fields: Any) -> dict[str, Any]:
    """A chat body whose answer must follow a schema."""
    described = {"name": "answer", "schema": schema, "strict": True}
    wanted = {"type": "json_schema", "json_schema": described}
    return chat("Answer in JSON.", response_format=wanted, **fields)


def choice_of(real: httpx.Client, body: dict[str, Any]) -> Any:
    """The only choice of a chat completion."""
    reply = real.post(CHAT, json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()["choices"][0]


def test_whatever_random_weights_want_to_say_follows_the_schema(real: httpx.Client) -> None:
    def ask(name: str) -> tuple[str, Any]:
        body = held_to(ENFORCED[name], model=RANDOM_MODEL, max_tokens=300, seed=1)
        return name, choice_of(real, body)

    with ThreadPoolExecutor(24) as pool:
        choices = dict(pool.map(ask, ENFORCED))
    finished = {name: c for name, c in choices.items() if c["finish_reason"] == "stop"}
    for name, choice in finished.items():
        jsonschema.validate(json.loads(choice["message"]["content"]), ENFORCED[name])
    assert {c["finish_reason"] for c in choices.values()} <= {"stop", "length"}
    assert len(finished) >= 0.9 * len(ENFORCED)


def test_text_that_spells_the_models_markers_is_data(real: httpx.Client) -> None:
    text = '<think>kept</think> <|im_end|> <tool_call>{"name": "x"}</tool_call>'
    (think,) = _ids(real, "<think>")  # which may come before the answer
    schema = an_object("note", note={"type": "string", "enum": [text]})
    body = held_to(schema, max_tokens=200, logit_bias={str(think): -100})
    message = choice_of(real, body)["message"]
    assert json.loads(message["content"]) == {"note": text}


@pytest.mark.parametrize("stream", [False, True])
def test_a_schema_that_cannot_be_enforced_is_a_400_that_says_why(
    real: httpx.Client, stream: bool
) -> None:
    for schema, word in REFUSED.values():
        reply = real.post(CHAT, json=held_to(schema, stream=stream))
        error = reply.json()["error"]
        assert (reply.status_code, error["type"]) == (400, "invalid_request_error"), reply.text
        assert error["param"] == "response_format.json_schema.schema"
        assert word in error["message"]
    assert real.post(CHAT, json=chat(max_tokens=1)).status_code == 200


def test_a_json_object_is_one(real: httpx.Client) -> None:
    quote, brace = _ids(real, '"}', RANDOM_MODEL)
    closing = {str(quote): 20, str(brace): 19}  # so that it ends soon
    wanted = {"type": "json_object"}
    body = chat("JSON.", model=RANDOM_MODEL, response_format=wanted, logit_bias=closing, seed=3)
    choice = choice_of(real, {**body, "max_tokens": 300})
    assert choice["finish_reason"] == "stop"
    assert isinstance(json.loads(choice["message"]["content"]), dict)


def test_a_length_that_runs_out_inside_the_json_is_told(real: httpx.Client) -> None:
    choice = choice_of(real, held_to(CITY, max_tokens=4))
    assert choice["finish_reason"] == "length"
    assert choice["message"]["content"].startswith("{")


def test_streamed_json_is_the_same(real: httpx.Client) -> None:
    body = held_to(CITY, max_tokens=200, seed=2)
    whole = choice_of(real, body)["message"]["content"]
    chunks = events(real.post(CHAT, json={**body, "stream": True}).text)
    assert joined(chunks, "content") == whole
    jsonschema.validate(json.loads(whole), CITY)


@pytest.mark.parametrize("route", [CHAT, "/completions"])
def test_regular_expressions_and_grammars_rule_both_routes(real: httpx.Client, route: str) -> None:
    (think,) = _ids(real, "<think>")  # which no rule rules
    bias = {str(think): -100}
    make = chat if route == CHAT else completion
    lark = 'start: "no" DOTS\nDOTS: /[.]{2,5}/\n'
    gbnf = 'root ::= ("yes" | "no") "." [0-9]\n'
    for fields, pattern in (
        ({"guided_regex": "[a-c]{3}(/|-)[0-9]{1,3}x"}, "[a-c]{3}(/|-)[0-9]{1,3}x"),
        ({"guided_grammar": lark}, r"no\.{2,5}"),
        ({"guided_grammar": gbnf}, r"(yes|no)\.[0-9]"),
        ({"guided_json": {"enum": ["red", "blue"]}}, '"(red|blue)"'),
        ({"guided_json": '{"const": 7}'}, "7"),
    ):
        reply = real.post(route, json=make(seed=4, max_tokens=60, logit_bias=bias, **fields))
        assert reply.status_code == 200, reply.text
        choice = reply.json()["choices"][0]
        said = choice["message"]["content"] if route == CHAT else choice["text"]
        assert choice["finish_reason"] == "stop"
        assert re.fullmatch(pattern, said), (fields, said)


@pytest.mark.parametrize(
    "fields",
    [
        {"guided_regex": "("},
        {"guided_regex": "(?=a)b"},
        {"guided_grammar": "start: nobody"},
        {"guided_grammar": "root ::= ("},
        {"guided_grammar": "hello"},
    ],
)
def test_a_broken_rule_is_a_400_that_names_it(real: httpx.Client, fields: dict[str, str]) -> None:
    reply = real.post(CHAT, json=chat(**fields))
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, next(iter(fields)))


class Plan(pydantic.BaseModel):
    """What the SDK turns into a schema and back."""

    mood: pydantic.constr(pattern="^(calm|busy)$")  # type: ignore[valid-type]
    steps: list[pydantic.conint(ge=0, le=99)] = pydantic.Field(max_length=2)  # type: ignore[valid-type]
    inner: "Inner | None"


class Inner(pydantic.BaseModel):
    """A definition of its own."""

    done: bool


def test_responses_are_held_to_chats_fields_as_well(real: httpx.Client) -> None:
    body = {"model": RANDOM_MODEL, "input": "Answer.", "max_output_tokens": 100}
    object_wanted = {"type": "json_schema", "json_schema": {"name": "n", "schema": CITY}}
    for fields, pattern in (
        ({"guided_regex": "[ab]{3}-[0-9]"}, r"[ab]{3}-[0-9]"),
        ({"guided_grammar": 'start: "no" /[.]{3}/'}, r"no\.{3}"),
        ({"guided_json": {"enum": ["red", "blue"]}}, r'"(red|blue)"'),
        ({"response_format": object_wanted}, r'(?s)\{\s*"city".*'),
    ):
        reply = real.post("/responses", json={**body, **fields})
        assert reply.status_code == 200, reply.text
        (said,) = reply.json()["output"]
        assert re.fullmatch(pattern, said["content"][0]["text"])
    both = {"text": {"format": {"type": "json_object"}}, "guided_regex": "a"}
    reply = real.post("/responses", json={**body, **both})
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "text.format")


def test_the_sdk_parses_into_a_pydantic_model(real_url: str) -> None:
    with openai.OpenAI(base_url=real_url, api_key="x", max_retries=0) as sdk:
        whole = sdk.chat.completions.parse(
            model="mlx-manager/guide",
            messages=[{"role": "user", "content": "A plan."}],
            response_format=Plan,
            max_tokens=300,
            temperature=0,
        )
    plan = whole.choices[0].message.parsed
    assert isinstance(plan, Plan)
    assert plan.mood in ("calm", "busy")


def _ids(real: httpx.Client, text: str, model: str = "mlx-manager/guide") -> list[int]:
    body = {"model": model, "prompt": text}
    ids: list[int] = real.post("/tokenize", json=body).json()["tokens"]
    return ids
