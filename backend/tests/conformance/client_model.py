"""A model that knows what the suites of the Python clients ask."""

import json

from tests.conformance.scripted_model import THOUGHT, GrammarByteTokenizer, call
from tests.fakes.engine import ScriptedEngine
from tests.fakes.script import Script

JOKE = {"setup": "Why do cats sit on keyboards?", "punchline": "To keep an eye on the mouse."}
SHORT_JOKE = {**JOKE, "punchline": "Mice."}
CITIES = [{"city": "Oslo", "kind": "capital"}, {"city": "Bergen", "kind": "port"}]


def customer(name: str) -> str:
    """A tool call with a name in its own script."""
    return call("unicode_customer", customer_name=name, description=name)


def teach_clients(engine: ScriptedEngine) -> None:
    """Give a scripted engine the answers, by words of the prompt; the first that is found."""
    engine.tokenizer = GrammarByteTokenizer()
    engine.context_length = 32768
    answers = {
        "<|im_start|>tool\nValidation Error": call("ShortJoke", **SHORT_JOKE),
        "make it shorter": json.dumps(SHORT_JOKE),
        '"name": "ShortJoke"': call("ShortJoke", **JOKE),
        "Name two cities.": call("IterableCity", tasks=CITIES),
        "What is 3 + 4": call("my_adder_tool", a=3, b=4),
        "<|im_start|>tool\n": "There you are.",
        "magic_function_no_args()?": call("magic_function_no_args"),
        "magic_function(3)?": call("magic_function", input=3),
        "<|im_start|>user\nHello!<|im_end|>": call("magic_function", input=3),
        "generate a Pirate greeting": call("greeting_generator", answer_style="pirate"),
        "San Francisco, CA?": call("get_weather", location="San Francisco, CA"),
        "你好啊集团": customer("你好啊集团"),
        "こんにちは株式会社": call(
            "unicode_customer", customer_name="こんにちは", description="会社"
        ),
        '"name": "JokeDict"': call("JokeDict", **JOKE),
        '"name": "Joke"': call("Joke", **JOKE),
        "joke about cats": json.dumps(JOKE),
        "Think it through": THOUGHT,
    }
    engine.scripts = {words: Script.of(answer) for words, answer in answers.items()}
