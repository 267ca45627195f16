"""What a probe asks of a model, and what it takes the answer for. Pure."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.request import (
    GenerationRequest,
    GrammarKind,
    GrammarSpec,
    Message,
    SamplingParams,
)
from mlx_manager.mlx_server.generate import Completion
from mlx_manager.mlx_server.models.capabilities import Capabilities
from mlx_manager.schemas.probe import ProbeName

_GREEDY = SamplingParams(temperature=0.0)
_CITIES = ("Oslo", "Rome")
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"enum": list(_CITIES)}, "inhabitants": {"type": "integer"}},
    "required": ["city", "inhabitants"],
    "additionalProperties": False,
}
_WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city at this moment.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}
RELATED = ("A cat sleeps on the sofa.", "The kitten naps on the couch.", "Interest rates rose.")
"""Two that mean nearly the same, and one that does not."""

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the model did it, and what it did."""

    passed: bool
    detail: str


@dataclass(frozen=True, slots=True)
class TextCheck:
    """One answer to ask for, and how to judge it."""

    name: ProbeName
    request: GenerationRequest
    judge: Callable[[Completion], Verdict]


def text_checks(
    model: ModelId, principal: Principal, request_id: str, can: Capabilities
) -> list[TextCheck]:
    """What to ask of a model that writes; the first tells whether it runs at all."""
    base = GenerationRequest(RequestId(request_id), model, principal, sampling=_GREEDY)
    if not can.chat:
        plain = replace(base, text="Once upon a time", max_tokens=48)
        return [TextCheck(ProbeName.TEXT, plain, judge_text)]
    calm = replace(base, template_kwargs={"enable_thinking": False})
    asks = replace(calm, messages=_said("Name three colours."), max_tokens=48)
    ruled = replace(
        calm,
        messages=_said(f"Which is larger, {_CITIES[0]} or {_CITIES[1]}? Answer in JSON."),
        max_tokens=96,
        grammar=GrammarSpec(GrammarKind.JSON_SCHEMA, json.dumps(_SCHEMA)),
    )
    checks = [
        TextCheck(ProbeName.TEXT, asks, judge_text),
        TextCheck(ProbeName.SCHEMA, ruled, judge_schema),
    ]
    if can.tools:
        question = _said("What is the weather in Oslo now? Use the tool.")
        calls = replace(calm, messages=question, max_tokens=192, tools=(_WEATHER,))
        checks.append(TextCheck(ProbeName.TOOLS, calls, judge_call))
    if can.reasoning:
        thinks = replace(
            base,
            messages=_said("What is 17 + 25? Think first."),
            max_tokens=192,
            template_kwargs={"enable_thinking": True},
        )
        checks.append(TextCheck(ProbeName.REASONING, thinks, judge_reasoning))
    return checks


def judge_text(answer: Completion) -> Verdict:
    """Anything that can be read will do: how good it is, is not for a probe to say."""
    said = answer.text.strip() or answer.reasoning.strip()
    if not said:
        return Verdict(False, "The model ran and said nothing.")
    return Verdict(True, f"It said: {_shown(said)}")


def judge_schema(answer: Completion) -> Verdict:
    """A JSON text that follows the schema."""
    try:
        value = json.loads(answer.text)
    except ValueError:
        return Verdict(False, f"Not a JSON text: {_shown(answer.text)}")
    if not isinstance(value, dict) or value.keys() != _SCHEMA["properties"].keys():
        return Verdict(False, f"Other fields than asked: {_shown(answer.text)}")
    if value["city"] not in _CITIES or type(value["inhabitants"]) is not int:
        return Verdict(False, f"Other values than allowed: {_shown(answer.text)}")
    return Verdict(True, f"It answered {_shown(answer.text)}")


def judge_call(answer: Completion) -> Verdict:
    """The tool, called without being made to, with a city."""
    if not answer.tool_calls:
        return Verdict(False, f"It called no tool and said: {_shown(answer.text)}")
    call = answer.tool_calls[0]
    try:
        arguments = json.loads(call.arguments)
    except ValueError:
        arguments = None
    called = f"{call.name}({_shown(call.arguments)})"
    right = call.name == _WEATHER["function"]["name"] and isinstance(arguments, dict)
    if not right or not isinstance(arguments.get("city"), str):
        return Verdict(False, f"It called {called}, which was not asked.")
    return Verdict(True, f"It called {called}")


def judge_reasoning(answer: Completion) -> Verdict:
    """Reasoning that is told apart from the answer."""
    if not answer.reasoning.strip():
        return Verdict(False, f"It did not reason, and said: {_shown(answer.text)}")
    return Verdict(True, f"It thought: {_shown(answer.reasoning)}")


def judge_vectors(vectors: Sequence[Sequence[float]]) -> Verdict:
    """Numbers all, and what means the same is nearer than what does not."""
    if not all(math.isfinite(value) for vector in vectors for value in vector):
        return Verdict(False, "The vectors have values that are no numbers.")
    near, far = _dot(vectors[0], vectors[1]), _dot(vectors[0], vectors[2])
    told = f"{len(vectors[0])} values; alike {near:.2f}, unlike {far:.2f}"
    return Verdict(near > far, told)


def judge_scores(scores: Sequence[float]) -> Verdict:
    """The document that answers is worth more than the one that does not."""
    related, other = scores[0], scores[1]
    return Verdict(related > other, f"relevant {related:.2f}, irrelevant {other:.2f}")


def _said(text: str) -> tuple[Message, ...]:
    return (Message("user", text),)


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_SHOWN else f"{line[:MOST_SHOWN]}..."
