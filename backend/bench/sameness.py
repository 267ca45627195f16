"""32 different prompts at once say, greedily, what each says alone: streaming and not."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from bench.client import Reply, post, together
from bench.processes import free_port, manager_command, manager_environment, serve

CHAT = "/v1/chat/completions"
GUIDE = "mlx-manager/guide"
WIDTH = 32
QUESTIONS = (
    "How do I install MLX Manager?",
    "what is a profile",
    "Say exactly: {word} lantern {n}",
    "Give me JSON with name {word} and age {n}",
    "Where are models stored?",
    "What is the capital of {word}?",
    "how do I use the OpenAI client",
    "Repeat: {n} {word} boats",
)
WORDS = ("blue", "quiet", "north", "amber", "seven", "Oslo", "river", "maple")


def run(*, quick: bool) -> None:
    """Print how many answers of all rounds were the same."""
    rounds = 4 if quick else 20
    with tempfile.TemporaryDirectory() as name:
        port = free_port()
        with serve(manager_command(port), port, environment=manager_environment(Path(name))):
            same, total = asyncio.run(_compare(port, rounds))
    print("| rounds of 32, streaming and not | answers | the same as alone |")
    print("|---|---|---|")
    print(f"| {rounds} | {total} | {same} |")


async def _compare(port: int, rounds: int) -> tuple[int, int]:
    same = total = 0
    for turn in range(rounds):
        for stream in (True, False):
            bodies = [_body(turn * WIDTH + n, stream) for n in range(WIDTH)]
            alone = [await post(port, CHAT, body) for body in bodies]
            at_once = await together(port, CHAT, bodies)
            same += sum(
                _answer(a, stream) == _answer(b, stream)
                for a, b in zip(alone, at_once, strict=True)
            )
            total += WIDTH
    return same, total


def _body(seed: int, stream: bool) -> dict[str, Any]:
    question = QUESTIONS[seed % len(QUESTIONS)].format(
        word=WORDS[seed // len(QUESTIONS) % len(WORDS)], n=seed
    )
    return {
        "model": GUIDE,
        # A first line of its own keeps one prompt from being another's prefix.
        "messages": [{"role": "user", "content": question}],
        "max_tokens": 80,
        "temperature": 0,
        "stream": stream,
        "chat_template_kwargs": {"enable_thinking": seed % 3 == 0},
    }


def _answer(reply: Reply, stream: bool) -> str:
    if reply.status != 200:
        raise RuntimeError(reply.body[:500].decode(errors="replace"))
    if stream:  # the words; how many go into one chunk depends on how busy the machine is
        deltas = [e["choices"][0]["delta"] for e in reply.events() if e["choices"]]
        said = ("content", "reasoning_content")
        return json.dumps(["".join(d.get(name) or "" for d in deltas) for name in said])
    message = json.loads(reply.body[reply.body.index(b"{") : reply.body.rindex(b"}") + 1])
    return json.dumps(message["choices"][0]["message"])
