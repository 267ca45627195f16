"""LangChain's standard tests: ``ChatAnthropic``."""

from typing import Any, ClassVar

from langchain_anthropic import ChatAnthropic
from langchain_standard import StandardTests
from served import ANY_KEY, MODEL, SCRIPTED_URL


class TestMessages(StandardTests):
    """The base URL has no ``/v1``, as Anthropic's own."""

    details = ("cache_read_input", "cache_creation_input")
    deselected: ClassVar = {
        **StandardTests.deselected,
        "test_json_mode": "Anthropic's API has no mode of that kind",
    }

    @property
    def chat_model_class(self) -> type[ChatAnthropic]:
        return ChatAnthropic

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"model": MODEL, "base_url": SCRIPTED_URL, "api_key": ANY_KEY}
