"""instructor: every way it has of asking for an object."""

from typing import Any

import anthropic
import instructor
import litellm
import openai
import pytest
from instructor import Mode
from pydantic import BaseModel, field_validator
from served import ANY_KEY, KEY, MODEL, QUESTION, SCRIPTED_URL, URL, City

ASKED: Any = {
    "model": MODEL,
    "messages": [{"role": "user", "content": QUESTION}],
    "response_model": City,
    "max_retries": 0,
}
ENFORCED = [Mode.TOOLS, Mode.JSON_SCHEMA]
"""With these the server must hold any model to the schema; the guide is one that would not."""


def from_openai(mode: Mode, url: str = URL, key: str = KEY) -> instructor.Instructor:
    """On chat completions, or responses if the mode says so."""
    client = openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)
    return instructor.from_openai(client, mode=mode)


@pytest.mark.parametrize("mode", ENFORCED)
def test_an_object_comes_from_any_model(mode: Mode) -> None:
    city = from_openai(mode).create(**ASKED, max_tokens=200, temperature=0)
    assert isinstance(city, City)


@pytest.mark.parametrize("mode", ENFORCED)
def test_an_object_grows_while_it_streams(mode: Mode) -> None:
    parts = list(from_openai(mode).create_partial(**ASKED, max_tokens=200, temperature=0))
    assert len(parts) > 1
    City.model_validate(parts[-1].model_dump())


def test_an_object_comes_from_responses() -> None:
    client = from_openai(Mode.RESPONSES_TOOLS)
    assert isinstance(client.create(**ASKED, max_output_tokens=200), City)


async def test_an_object_comes_from_the_asynchronous_client() -> None:
    async with openai.AsyncOpenAI(base_url=f"{URL}/v1", api_key=KEY) as client:
        city = await instructor.from_openai(client).create(**ASKED, max_tokens=200)
    assert isinstance(city, City)


def test_an_object_comes_from_messages() -> None:
    client = anthropic.Anthropic(base_url=URL, api_key=KEY, max_retries=0)
    city = instructor.from_anthropic(client, mode=Mode.TOOLS).create(**ASKED, max_tokens=200)
    assert isinstance(city, City)


def test_an_object_comes_through_litellm() -> None:
    client = instructor.from_litellm(litellm.completion)
    asked = {**ASKED, "model": f"openai/{MODEL}"}
    city = client.create(**asked, max_tokens=200, api_base=f"{URL}/v1", api_key=KEY)
    assert isinstance(city, City)


class Joke(BaseModel):
    """What the scripted model tells."""

    setup: str
    punchline: str


JOKE: Any = {
    **ASKED,
    "messages": [{"role": "user", "content": "Tell a joke about cats."}],
    "response_model": Joke,
}


@pytest.mark.parametrize("mode", [Mode.JSON, Mode.MD_JSON, Mode.JSON_SCHEMA, Mode.TOOLS])
def test_an_object_comes_from_a_model_that_understands(mode: Mode) -> None:
    joke = from_openai(mode, SCRIPTED_URL, ANY_KEY).create(**JOKE)
    assert "cats" in joke.setup


def test_an_object_comes_as_json_from_messages() -> None:
    client = anthropic.Anthropic(base_url=SCRIPTED_URL, api_key=ANY_KEY, max_retries=0)
    asking = instructor.from_anthropic(client, mode=Mode.JSON)
    assert "cats" in asking.create(**JOKE, max_tokens=900).setup


def test_several_objects_come_one_by_one() -> None:
    asked = {**ASKED, "messages": [{"role": "user", "content": "Name two cities."}]}
    client = from_openai(Mode.TOOLS, SCRIPTED_URL, ANY_KEY)
    cities = list(client.create_iterable(**asked))
    assert [city.city for city in cities] == ["Oslo", "Bergen"]


class ShortJoke(Joke):
    """Refuses the first punchline it is given."""

    @field_validator("punchline")
    @classmethod
    def _is_short(cls, punchline: str) -> str:
        if len(punchline) > 12:
            raise ValueError("make it shorter")
        return punchline


@pytest.mark.parametrize("mode", [Mode.TOOLS, Mode.JSON])
def test_a_refused_object_is_asked_for_again(mode: Mode) -> None:
    asked = {**JOKE, "response_model": ShortJoke, "max_retries": 1}
    joke = from_openai(mode, SCRIPTED_URL, ANY_KEY).create(**asked)
    assert joke.punchline == "Mice."


def test_the_reply_itself_is_there_to_be_read() -> None:
    client = from_openai(Mode.TOOLS)
    city, reply = client.create_with_completion(**ASKED, max_tokens=200)
    assert isinstance(city, City)
    assert reply.usage.completion_tokens > 0
