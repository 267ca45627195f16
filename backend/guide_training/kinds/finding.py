"""Exercises in finding a tool: which one shares a word with the question.

Nothing is held out here. It tells what the guide has learned to do, apart from what it has heard.
"""

from __future__ import annotations

from dataclasses import replace

from guide_training.draw import Draw, is_held
from guide_training.exchange import Exchange, Message
from guide_training.kinds.families import KEPT_OUT, WORDS
from guide_training.kinds.fresh import fresh_key, joined
from guide_training.kinds.guide import REFUSAL, thought_about
from guide_training.kinds.tool_call import call_message
from guide_training.kinds.toolkit import Parameter, Toolkit

_ABOUT = ["{a}", "{a} {b}", "{A} the {b}.", "Use it for {a} and {b}.", "All about {a}.", "{B}: {a}"]
_ABOUT += ["{A} something, with {b}", "Does {a}", "Gives the {a} of a {b}.", "The {b} and its {a}"]
_ASKS = ["{w}", "{w} please", "Please {w}", "Can you {w}?", "I want the {w}", "{W} it now.", "{w}?"]
_ASKS += ["What about the {w}?", "Show me a {w}", "I need {w} today", "Do the {w}", "{W}"]
_ASKED = [
    "{w} {v}",
    "Please {w} {v}",
    "Can you {w} {v}?",
    "{W}: {v}",
    "I want {w} for {v}",
    "{v} {w}",
]
_ASKED += ["Give me the {w} of {v}.", "{W} with {v}", "What is the {w} in {v}?", "{w}, {v} please"]
_SOURCES = ["nouns", "verbs", "adjectives", "told", "told", "told"]


def _word(draw: Draw) -> str:
    source = draw.pick(_SOURCES)
    return draw.pick(WORDS) if source == "told" else draw.listed(source).lower()


def _words(draw: Draw, count: int) -> list[str]:
    """Return `count` words, none of which begins like another: they would tell two tools."""
    words: list[str] = []
    while len(words) < count:
        word = _word(draw)
        if not any(word.startswith(old[:4]) or old.startswith(word[:4]) for old in words):
            words.append(word)
    return words


def _tool(draw: Draw, words: list[str]) -> Toolkit:
    """Return a tool that `words` tell by its name, by its description, or by both.

    The third of the words says nothing: it may stand in the name too, or be all of it.
    """
    a, b, other = words
    told_by = draw.pick(["name", "name", "both", "about"])
    while True:  # a name may be kept out; a made-up part makes another
        parts = [other] if told_by == "about" else draw.pick([[a], [a, b], [a, other], [other, a]])
        if draw.chance(0.2):
            parts = [*parts, draw.made_up()]
        name = joined(draw, parts)
        if not is_held(name) and name not in KEPT_OUT:
            break
    about = draw.pick(_ABOUT).format(a=a, b=b, A=a.capitalize(), B=b.capitalize())
    parameters = [Parameter(fresh_key(draw), "word")] if draw.chance(0.4) else []
    return Toolkit(name, about if told_by != "name" else "", parameters, "", {}, a)


def _asked(draw: Draw, tool: Toolkit) -> Toolkit:
    """Return `tool` with a new question for it."""
    arguments = {item.name: draw.word() for item in tool.parameters}
    asks = draw.pick(_ASKED if arguments else _ASKS)
    value = next(iter(arguments.values()), "")
    question = asks.format(w=tool.group, W=tool.group.capitalize(), v=value)
    return Toolkit(tool.name, tool.about, tool.parameters, question, arguments, tool.group)


def make(draw: Draw) -> Exchange:
    """Return up to eight tools and a question that says a word one of them is told by."""
    return _exercise(draw, 1)


def make_drill(draw: Draw) -> Exchange:
    """Return such a list with several questions: a list alone is most of an exercise."""
    return _exercise(draw, draw.random.randint(3, 8), unfit=0.15)


def _exercise(draw: Draw, questions: int, unfit: float = 0.0) -> Exchange:
    """Return a list with `questions`; no tool is for a share of `unfit`, but never of the last."""
    count = draw.random.randint(2, 8)
    words = _words(draw, 3 * count + bool(unfit))
    strange = words.pop() if unfit else ""
    tools = {kit.name: kit for kit in (_tool(draw, words[i::count]) for i in range(count))}
    messages: list[Message] = []
    for left in reversed(range(questions)):
        fits = not left or not draw.chance(unfit)
        tool = draw.pick(list(tools.values()))
        kit = _asked(draw, tool if fits else replace(tool, group=strange))
        answer = call_message([kit]) if fits else {"role": "assistant", "content": REFUSAL.answer}
        messages += [{"role": "user", "content": kit.question}, answer]
    return Exchange(
        "finding",
        messages,
        thought_about(REFUSAL),
        tools=[kit.definition(draw) for kit in tools.values()],
        groups=frozenset(words),
    )
