"""LangChain's standard tests: ``ChatOpenAI`` on chat completions."""

from typing import Any, ClassVar

from langchain_openai import ChatOpenAI
from langchain_standard import StandardTests
from served import ANY_KEY, MODEL, SCRIPTED_URL


class TestChatCompletions(StandardTests):
    """The class that most LangChain programs use."""

    thinking: ClassVar = {"reasoning_effort": "medium"}

    @property
    def chat_model_class(self) -> type[ChatOpenAI]:
        return ChatOpenAI

    @property
    def chat_model_params(self) -> dict[str, Any]:
        where = {"base_url": f"{SCRIPTED_URL}/v1", "api_key": ANY_KEY}
        # What it asks of api.openai.com by itself, and of no other address.
        return {"model": MODEL, "stream_usage": True, **where}
