"""A model that knows what llmprobe asks: for the assertions that judge meaning."""

import json
from typing import Any

from tests.fakes.engine import ScriptedEngine
from tests.fakes.script import Script
from tests.fakes.tokenizer import ByteTokenizer

MARKERS = (
    "<think>kept</think> </think:opensource> <|channel>thought <|channel|>final "
    "<|content_thinking|> to=self<|message|> <tool_call>literal</tool_call>"
)
"""llmprobe's MARKER_STRING: text that spells markers of many families."""

THOUGHT = f"<think>\n{'Twenty times 17, and three times 17. ' * 8}\n</think>\n\n391"
PERSON = '{"name": "Ada", "age": 36}'


UNTHINKING = "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>"
"""How a prompt ends where the template was told to leave thinking out."""


class GrammarByteTokenizer(ByteTokenizer):
    """Bytes that grammars are compiled for, as real vocabularies are; the script obeys on its
    own."""

    bos_token_id = None
    eos_token_id = 256

    @property
    def tokens(self) -> list[bytes]:
        """What each id adds to the text, for llguidance."""
        return [self.token_bytes(at) for at in range(self.vocabulary_size)]

    @property
    def special_token_ids(self) -> list[int]:
        """The markers."""
        return list(range(256, self.vocabulary_size))

    def __call__(self, text: bytes) -> list[int]:
        return list(text)

    def grammar_vocabulary(self, size: int) -> Any:
        from llguidance import LLTokenizer  # noqa: PLC0415  (as the real tokenizer does)
        from llguidance._tokenizer import TokenizerWrapper  # noqa: PLC0415

        return LLTokenizer(TokenizerWrapper(self), n_vocab=size)


def call(name: str, **arguments: Any) -> str:
    """A tool call as the scripted tokenizer's family writes it."""
    body = json.dumps({"name": name, "arguments": arguments}, ensure_ascii=False)
    return f"<tool_call>\n{body}\n</tool_call>"


def teach(engine: ScriptedEngine) -> None:
    """Give a scripted engine the answers, by words of the question."""
    engine.tokenizer = GrammarByteTokenizer()
    engine.context_length = 32768
    weather, time = call("get_weather", city="Tokyo"), call("get_time", city="Tokyo")
    answers = {
        "<|im_start|>tool\n": "It is 18 degrees in Paris.",
        "Call both tools.": f"{weather}\n{time}",
        "What's the weather in Paris?": call("get_weather", city="Paris"),
        "What's the weather in Berlin?": call("get_weather", city="Berlin"),
        "Book a table": call("book_table", restaurant="Chez Nous", party_size=4, outdoor=True),
        "Reply with just the name.": "Ada",
        "Invent a person.": PERSON,
        'Return a JSON object with keys "name"': PERSON,
        "Return the JSON object required by the schema.": json.dumps({"note": MARKERS}),
        "The city you are asking about is Par": "is.",
        "quartz": "quartz",
        "What is 12 + 30?": "42",
        "alpha": "alpha beta gamma",
        f"then answer.{UNTHINKING}": "391",
        "Think it through": THOUGHT,
        "Explain, step by step": THOUGHT,
    }
    engine.scripts = {words: Script.of(answer) for words, answer in answers.items()}
