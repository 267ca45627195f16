"""Two ways to ask the guide: in this process through mlx-lm, or over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from guide_training.mix import Conversation
from guide_training.verdict import Reply, parse
from mlx_manager.mlx_server.engine.backend import prepare

MOST_TOKENS = 400
AT_ONCE = 8


def in_process(folder: Path, cases: list[Conversation]) -> Iterator[Reply]:
    """Yield the greedy reply to each case, 32 at a time."""
    prepare()
    import mlx.core as mx  # noqa: PLC0415  (after what makes it fast on a CPU)
    from mlx.utils import tree_map  # noqa: PLC0415
    from mlx_lm import batch_generate, load  # noqa: PLC0415

    model, tokenizer = load(str(folder))[:2]
    model.update(tree_map(lambda leaf: leaf.astype(mx.float32), model.parameters()))
    for start in range(0, len(cases), 32):
        prompts = [
            tokenizer.apply_chat_template(
                case.messages[:-1],
                tools=case.tools or None,
                add_generation_prompt=True,
                enable_thinking=case.thinking,
            )
            for case in cases[start : start + 32]
        ]
        answers = batch_generate(model, tokenizer, prompts, max_tokens=MOST_TOKENS)
        yield from (parse(text) for text in answers.texts)


def _body(case: Conversation, model: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": model,
        "messages": case.messages[:-1],
        "temperature": 0,
        "max_tokens": MOST_TOKENS,
        "chat_template_kwargs": {"enable_thinking": case.thinking},
    }
    if case.tools:
        body["tools"] = case.tools
    return body


def over_http(url: str, model: str, key: str, cases: list[Conversation]) -> Iterator[Reply]:
    """Yield the reply of a running server to each case, a few at a time.

    Raises httpx.HTTPStatusError when the server refuses a request.
    """
    headers = {"Authorization": f"Bearer {key}"}
    with (
        httpx.Client(base_url=url, headers=headers, timeout=300) as client,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        yield from pool.map(lambda case: _answer(client, _body(case, model)), cases)


def _answer(client: httpx.Client, body: dict[str, Any]) -> Reply:
    answer = client.post("/v1/chat/completions", json=body)
    answer.raise_for_status()
    message = answer.json()["choices"][0]["message"]
    calls = [
        (call["function"]["name"], call["function"]["arguments"])
        for call in message.get("tool_calls") or []
    ]
    reasoning = message.get("reasoning_content") or message.get("reasoning") or ""
    return Reply((message.get("content") or "").strip(), calls, reasoning)
