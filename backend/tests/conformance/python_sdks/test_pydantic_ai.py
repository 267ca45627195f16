"""pydantic-ai: its agents on each of our dialects."""

import pytest
from pydantic_ai import Agent, ModelHTTPError, NativeOutput, ToolOutput
from pydantic_ai.messages import ThinkingPart
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider
from served import ANY_KEY, KEY, MODEL, QUESTION, SCRIPTED_URL, URL, City


def model_of(dialect: str, url: str = URL, key: str = KEY, name: str = MODEL) -> Model:
    """The model class of a dialect, pointed at a manager."""
    if dialect == "messages":
        anthropic = AnthropicProvider(base_url=url, api_key=key)
        # Else it takes a model whose name is not Anthropic's for one of their old ones.
        return AnthropicModel(
            name, provider=anthropic, profile={"supports_json_schema_output": True}
        )
    provider = OpenAIProvider(base_url=f"{url}/v1", api_key=key)
    kind = OpenAIChatModel if dialect == "chat" else OpenAIResponsesModel
    return kind(name, provider=provider)


def knowing(dialect: str) -> Model:
    """One that knows the answers."""
    return model_of(dialect, SCRIPTED_URL, ANY_KEY)


each = pytest.mark.parametrize("dialect", ["chat", "responses", "messages"])


@each
async def test_a_text_streams_as_it_is_generated_whole(dialect: str) -> None:
    agent = Agent(model_of(dialect), model_settings={"temperature": 0, "max_tokens": 40})
    whole = await agent.run(QUESTION)
    async with agent.run_stream(QUESTION) as stream:
        assert await stream.get_output() == whole.output
    assert whole.output
    assert whole.usage.output_tokens == stream.usage.output_tokens > 0


@each
@pytest.mark.parametrize("kind", [ToolOutput, NativeOutput])
async def test_an_object_follows_its_schema(
    dialect: str, kind: type[ToolOutput[City]] | type[NativeOutput[City]]
) -> None:
    agent = Agent(model_of(dialect), output_type=kind(City), retries=0)
    run = await agent.run(QUESTION, model_settings={"temperature": 0, "max_tokens": 200})
    assert isinstance(run.output, City)


@each
async def test_an_agent_calls_its_tool_and_answers(dialect: str) -> None:
    agent = Agent(knowing(dialect), instructions="Be brief.")
    asked = []

    @agent.tool_plain
    def get_weather(location: str) -> str:
        """The weather in a place."""
        asked.append(location)
        return "Sunny."

    question = "What is the weather in San Francisco, CA?"
    run = await agent.run(question)
    async with agent.run_stream(question) as stream:
        assert await stream.get_output() == run.output == "There you are."
    assert asked == ["San Francisco, CA"] * 2
    again = await agent.run("Thank you.", message_history=run.all_messages())
    assert again.output


@each
async def test_reasoning_is_told_apart(dialect: str) -> None:
    # On responses it shows summaries of thoughts alone, and gets one for the asking.
    settings = {"openai_reasoning_summary": "auto"} if dialect == "responses" else {}
    agent = Agent(knowing(dialect), model_settings=settings)
    run = await agent.run("Think it through: 17 times 23?")
    thoughts = [part for part in run.response.parts if isinstance(part, ThinkingPart)]
    assert [part.content[:15] for part in thoughts] == ["Twenty times 17"]
    assert run.output == "391"


@each
async def test_a_model_that_is_not_there_is_an_error_with_its_status(dialect: str) -> None:
    with pytest.raises(ModelHTTPError, match="nobody/nothing") as failed:
        await Agent(model_of(dialect, name="nobody/nothing")).run(QUESTION)
    assert failed.value.status_code == 404
