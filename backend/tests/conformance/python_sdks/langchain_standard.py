"""What the three chat suites have in common: LangChain's standard tests, asked of our server."""

from typing import Any, ClassVar, Literal, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_tests.integration_tests import ChatModelIntegrationTests
from served import OTHER_MODEL

NO_EYES = "no model with eyes is served yet; a picture is a 400 that says so"
Detail = Literal[
    "audio_input", "audio_output", "reasoning_output", "cache_read_input", "cache_creation_input"
]
THINK = "Think it through: what is 17 times 23?"


class StandardTests(ChatModelIntegrationTests):
    """With everything switched on that api.openai.com passes, but what needs eyes and ears."""

    deselected: ClassVar = {
        "test_image_inputs": NO_EYES,
        "test_image_tool_message": NO_EYES,
        "test_pdf_inputs": NO_EYES,
        "test_pdf_tool_message": NO_EYES,
        "test_audio_inputs": "no model with ears is served yet; a sound is a 400 that says so",
        "test_stream_time": "plays a recorded cassette against itself: it measures LangChain",
    }
    details: tuple[Detail, ...] = ("reasoning_output", "cache_read_input")
    """Of the usage; both whole and streamed."""
    thinking: ClassVar[dict[str, Any]] = {}
    """What makes the client ask for reasoning."""

    @property
    def supports_json_mode(self) -> bool:
        return True

    @property
    def supports_anthropic_inputs(self) -> bool:
        return True

    @property
    def model_override_value(self) -> str:
        return OTHER_MODEL

    @property
    def supported_usage_metadata_details(self) -> dict[Literal["invoke", "stream"], list[Detail]]:
        return {"invoke": list(self.details), "stream": list(self.details)}

    def invoke_with_reasoning_output(self, *, stream: bool = False) -> AIMessage:
        return self._ask(THINK, stream, **self.thinking)

    def invoke_with_cache_read_input(self, *, stream: bool = False) -> AIMessage:
        self._ask("Hello", stream)
        return self._ask("Hello", stream)

    def invoke_with_cache_creation_input(self, *, stream: bool = False) -> AIMessage:
        return self._ask("Hello", stream)

    def _ask(self, question: str, stream: bool, **settings: Any) -> AIMessage:
        model: BaseChatModel = self.chat_model_class(**{**self.chat_model_params, **settings})
        if not stream:
            return cast(AIMessage, model.invoke(question))
        first, *others = cast(list[AIMessageChunk], list(model.stream(question)))
        return first.__add__(*[others]) if others else first
