"""LangChain's standard tests: ``ChatOpenAI`` on responses."""

from typing import Any, ClassVar

from langchain_openai import ChatOpenAI
from langchain_standard import StandardTests
from served import ANY_KEY, MODEL, SCRIPTED_URL


class TestResponses(StandardTests):
    """The same class, told to use the newer route."""

    thinking: ClassVar = {"reasoning": {"effort": "medium", "summary": "auto"}}

    @property
    def chat_model_class(self) -> type[ChatOpenAI]:
        return ChatOpenAI

    @property
    def chat_model_params(self) -> dict[str, Any]:
        where = {"base_url": f"{SCRIPTED_URL}/v1", "api_key": ANY_KEY}
        return {"model": MODEL, "use_responses_api": True, **where}
