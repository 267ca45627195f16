"""Whole conversations: which kinds come how often, system prompts, earlier turns, thinking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from guide_training.draw import Draw
from guide_training.exchange import Exchange, Maker, Message, Tool
from guide_training.kinds import finding, guide, json_object, refusal, repeat, tool_call
from guide_training.kinds.tools import box
from guide_training.phrases import Phrases

SYSTEM = Phrases("system")
Shares = tuple[tuple[Maker, float], ...]
SHARES: Shares = (
    (guide.make, 0.40),
    (guide.make_small_talk, 0.06),
    (refusal.make, 0.10),
    (repeat.make, 0.08),
    (json_object.make, 0.11),
    (tool_call.make, 0.18),
    (tool_call.make_told, 0.07),
)
# Training has what the test has not: most questions come alone, and exercises in finding tools.
TRAINED: Shares = (
    (guide.make, 0.52),
    (guide.make_small_talk, 0.05),
    (refusal.make, 0.11),
    (repeat.make, 0.08),
    (json_object.make, 0.08),
    (tool_call.make, 0.10),
    (tool_call.make_told, 0.035),
    (finding.make_drill, 0.025),
)
# What the last round had: calls are what is answered worst, in training too.
CALLS_MORE: Shares = (
    (guide.make, 0.475),
    (guide.make_small_talk, 0.05),
    (refusal.make, 0.11),
    (repeat.make, 0.08),
    (json_object.make, 0.08),
    (tool_call.make, 0.15),
    (tool_call.make_told, 0.03),
    (finding.make_drill, 0.025),
)
DRILLS: list[Maker] = [repeat.make, json_object.make, tool_call.make]
FIRST_DRILLS = 7_000
THINKING_SHARE = {False: 0.4, True: 0.3}
# Powers of two: how many sentences the longest system prompt has. Training needs longer ones than
# the test, whose cases are to stay as they are.
LONGEST_PROMPT = {False: 8.3, True: 6.0}
# Kinds whose answers are known by heart.
FIXED = ("guide", "smalltalk", "refusal")
_CALLING = ("tool_call", "tool_result", "finding")


@dataclass
class Conversation:
    """Messages as OpenAI clients send them, ending with the expected assistant message."""

    messages: list[Message]
    tools: list[Tool]
    thinking: bool
    last: Exchange


def long_prompt(draw: Draw, sentences: int) -> str:
    """Return an agent-like system prompt of about 12 tokens a sentence."""
    lines = [
        draw.pick(SYSTEM.content["sentence"]).format(
            w=draw.made_up(),
            n=draw.listed("nouns"),
            m=draw.listed("nouns"),
            a=draw.listed("adjectives"),
            v=draw.listed("verbs"),
            N=draw.name(),
            M=draw.name(),
            c=draw.city(),
            k=draw.city(),
            d=draw.date(),
            i=draw.integer(3),
            j=draw.integer(2),
        )
        for _ in range(sentences)
    ]
    return draw.pick([" ", "\n", "\n\n"]).join(lines)


def system_prompt(draw: Draw) -> str | None:
    """Return nothing, a usual short prompt, or now and then a long one."""
    shape = draw.random.random()
    if shape < 0.55:
        return None
    if shape < 0.94:
        return SYSTEM.pick(draw, "prompt")
    return long_prompt(draw, int(2 ** draw.random.uniform(1, LONGEST_PROMPT[draw.held])))


def _exchange(draw: Draw, shares: Shares) -> Exchange:
    makers, weights = zip(*shares, strict=True)
    maker: Maker = draw.random.choices(makers, weights)[0]
    return maker(draw)


def _with_thoughts(exchange: Exchange) -> list[Message]:
    """Return the messages with reasoning on the assistant's turns."""
    replies = [item for item in exchange.messages if item["role"] == "assistant"]
    thoughts = [
        f"I should call {_called(item)}." if item.get("tool_calls") else exchange.thought
        for item in replies
    ]
    waiting = iter(thoughts)
    return [
        {**item, "reasoning_content": next(waiting)} if item["role"] == "assistant" else item
        for item in exchange.messages
    ]


def _called(message: Message) -> str:
    return " and ".join(call["function"]["name"] for call in message["tool_calls"])


def _toolbox(draw: Draw, exchanges: list[Exchange]) -> list[Tool]:
    tools: dict[str, Tool] = {}
    for exchange in exchanges:
        for tool in exchange.tools:
            tools.setdefault(tool["function"]["name"], tool)
    refused = any(exchange.kind == "refusal" for exchange in exchanges)
    if not tools and draw.chance(0.4 if refused and not draw.held else 0.2):
        return box(draw, [], invented=refused).tools
    return list(tools.values())


def conversation(
    draw: Draw,
    earlier: int | None = None,
    last: Exchange | None = None,
    shares: Shares = SHARES,
) -> Conversation:
    """Return a conversation with `earlier` turns (random by default) before the `last` one.

    `shares` says how often each kind comes. The test keeps the default, or it would change.
    """
    turns = draw.pick([0, 0, 0, 1, 1, 2, 3]) if earlier is None else earlier
    final = last or _exchange(draw, shares)
    exchanges = [final]
    for _ in range(turns if final.system is None else 0):
        before = _exchange(draw, shares)
        if before.system is None and all(_fit(before, item) for item in exchanges):
            exchanges.insert(0, before)
    thinking = draw.chance(THINKING_SHARE[draw.held])
    messages: list[Message] = []
    for exchange in exchanges:
        messages += _with_thoughts(exchange) if thinking else exchange.messages
    system = final.system if final.system is not None else system_prompt(draw)
    if system is not None:
        messages.insert(0, {"role": "system", "content": system})
    return Conversation(messages, _toolbox(draw, exchanges), thinking, final)


def _fit(one: Exchange, other: Exchange) -> bool:
    """Tell whether two may share a list of tools: no tool may answer the other's question."""
    kinds = (one.kind, other.kind)
    calling = [kind in _CALLING for kind in kinds]
    names = {tool["function"]["name"] for tool in one.tools}
    shared = names & {tool["function"]["name"] for tool in other.tools}
    # What finds a word in one list may find it in a description of the other.
    unclear = "refusal" in kinds or ("finding" in kinds and all(calling))
    return not (shared or one.groups & other.groups) and not (any(calling) and unclear)


def _alone(draw: Draw, exchange: Exchange) -> Conversation:
    """Return `exchange` without anything around it that it does not need."""
    thinking = draw.chance(THINKING_SHARE[draw.held])
    messages = _with_thoughts(exchange) if thinking else exchange.messages
    if exchange.system is not None:
        messages = [{"role": "system", "content": exchange.system}, *messages]
    return Conversation([*messages], [], thinking, exchange)


def training(seed: int, shares: Shares = TRAINED, alone: float = 0.0) -> Iterator[Conversation]:
    """Yield training conversations without end; of those without tools a share comes `alone`.

    A question alone is a tenth as long as one among others: ten are learned from the same tokens.
    """
    for index in count():
        draw = Draw(f"train-{seed}-{index}", held=False)
        exchange = _exchange(draw, shares)
        if exchange.kind not in _CALLING and draw.chance(alone):
            yield _alone(draw, exchange)
        else:
            yield conversation(draw, last=exchange, shares=shares)


def drills(seed: int) -> Iterator[Conversation]:
    """Yield exercises in copying without end: from two words to 24, later JSON and tools too."""
    for index in count():
        draw = Draw(f"drill-{seed}-{index}", held=False)
        if index < FIRST_DRILLS or draw.chance(0.4):
            exchange = repeat.make_drill(draw, min(2 + max(0, index - 2_000) // 300, 24))
        else:
            exchange = draw.pick(DRILLS)(draw)
        yield Conversation([*exchange.messages], exchange.tools, False, exchange)
