"""Calling a tool that fits the question, and telling what it answered."""

from __future__ import annotations

import json
from typing import Any

from guide_training.draw import Draw
from guide_training.exchange import Exchange, Message
from guide_training.kinds.tools import Toolkit, box, toolkit

_WEATHER = ["sunny", "cloudy", "rainy", "windy", "snowy", "foggy", "clear", "stormy"]
_JOINTS = [" Also: ", " And then: ", " Then: ", "\n", " Also "]
_MORE_JOINTS = [" Next: ", " After that: ", " And ", " Then ", " ", "\n\n", " Second: "]
_MORE_JOINTS += [" Finally: "]
_TWO = {True: 0.12, False: 0.18}
_OTHERS_FIRST = 0.8
_MOST_BEFORE = 6
_TOLD = "The tool answered. I tell the user."


def call_message(kits: list[Toolkit], thought: str = "") -> Message:
    """Return the assistant message that calls `kits` in their order."""
    calls = [
        {
            "id": f"call_{index}",
            "type": "function",
            "function": {
                "name": kit.name,
                "arguments": json.dumps(kit.arguments, ensure_ascii=False),
            },
        }
        for index, kit in enumerate(kits)
    ]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def thought_of(kits: list[Toolkit]) -> str:
    """Return the short reasoning before a call."""
    return f"I should call {' and '.join(kit.name for kit in kits)}."


def _asked(draw: Draw, first: Toolkit | None = None) -> tuple[list[Toolkit], str]:
    """Return one tool with its question, now and then two tools of different groups."""
    kits = [first or toolkit(draw)]
    question = kits[0].question
    if draw.chance(_TWO[draw.held]):
        other = toolkit(draw)
        if other.name != kits[0].name and other.group != kits[0].group:
            kits.append(other)
            joint = draw.pick(_JOINTS if draw.held or draw.chance(0.6) else _MORE_JOINTS)
            question = question.rstrip(".?") + draw.pick([".", "?"]) + joint + other.question
    return kits, question


def make(draw: Draw, first: Toolkit | None = None) -> Exchange:
    """Return a question that one tool (`first`, if given), now and then two, should answer."""
    kits, question = _asked(draw, first)
    messages = [{"role": "user", "content": question}, call_message(kits)]
    offered = box(draw, kits)
    return Exchange(
        "tool_call",
        [*_before(draw, [*offered.others, *kits]), *messages],
        thought_of(kits),
        tools=offered.tools,
        groups=offered.groups,
    )


def _before(draw: Draw, offered: list[Toolkit]) -> list[Message]:
    """Return, in training, turns that ask for some of the tools `offered` first.

    Most of a sample is its list of tools: this way the list teaches several choices. Which tool
    was not asked for yet tells nothing: each may be asked for again, or never.
    """
    if draw.held or not draw.chance(_OTHERS_FIRST):
        return []
    asked = [kit.asked(*more) for kit in offered for more in kit.more]
    count = min(len(asked), draw.random.randint(1, _MOST_BEFORE))
    return [
        message
        for kit in draw.random.sample(asked, count)
        for message in ({"role": "user", "content": kit.question}, call_message([kit]))
    ]


def _result(draw: Draw) -> dict[str, Any]:
    keys: dict[str, Any] = {
        "temperature": lambda: draw.random.randint(-20, 40),
        "condition": lambda: draw.pick(_WEATHER),
        "result": draw.integer,
        "total": draw.integer,
        "price": draw.decimal,
        "status": draw.word,
        "city": draw.city,
        "name": draw.name,
        "time": draw.clock,
        "date": draw.date,
        "count": lambda: draw.integer(3),
        "id": draw.code,
        "email": draw.email,
        "title": lambda: draw.phrase(3),
        "open": lambda: draw.chance(0.5),
        "distance": draw.integer,
        "capital": draw.city,
        "color": draw.word,
    }
    count = draw.pick([1, 1, 1, 2, 2, 3])
    picked = draw.random.sample(list(keys), count)
    return {key if draw.chance(0.85) else draw.made_up(): keys[key]() for key in picked}


def tell(result: dict[str, Any]) -> str:
    """Return the sentence that tells a JSON result: every key and value in order."""
    parts = []
    for key, item in result.items():
        text = item if isinstance(item, str) else json.dumps(item)
        parts.append(f"the {key} is {text}")
    text = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    return text[0].upper() + text[1:] + "."


def _reply(draw: Draw) -> tuple[str, str]:
    """Return what a tool answered, and what the guide says then."""
    shape = draw.random.random()
    if shape < 0.65:
        result = _result(draw)
        return json.dumps(result, ensure_ascii=False), tell(result)
    if shape < 0.75:
        problem = draw.phrase(4)
        shown = draw.pick(
            [json.dumps({"error": problem}), f"Error: {problem}", f"error: {problem}"]
        )
        return shown, f"The tool failed: {problem}."
    if shape < 0.85:
        items = [draw.word() for _ in range(draw.random.randint(2, 4))]
        return json.dumps(items), "The results are " + ", ".join(items[:-1]) + f" and {items[-1]}."
    text = draw.pick(
        [
            str(draw.integer()),
            str(draw.decimal()),
            f"{draw.random.randint(-9, 40)} degrees and {draw.pick(_WEATHER)}",
            draw.phrase(5),
            f"{draw.name()} is {draw.listed('adjectives')}",
            f"{draw.city()}, {draw.integer(4)} km",
            draw.clock(),
        ]
    )
    return text, f"The result is {text}."


def make_told(draw: Draw) -> Exchange:
    """Return a question, the calls, their results, and the answer that uses the results."""
    kits, question = _asked(draw)
    messages: list[Message] = [{"role": "user", "content": question}, call_message(kits)]
    said = []
    for index in range(len(kits)):
        shown, told = _reply(draw)
        said.append(told)
        messages.append({"role": "tool", "tool_call_id": f"call_{index}", "content": shown})
    messages.append({"role": "assistant", "content": " ".join(said)})
    offered = box(draw, kits)
    return Exchange("tool_result", messages, _TOLD, tools=offered.tools, groups=offered.groups)
