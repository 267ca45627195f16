"""Real requests of every dialect, as clients send them: what the mutations start from."""

from typing import Any

from mlx_manager.mlx_server.core.ids import ModelId
from tests.mlx_server.api.json_schemas import INTEGER, an_object
from tests.mlx_server.api.test_messages_fuzz import BODY as ANTHROPIC

Body = dict[str, Any]

TALKER = ModelId("tiny/talker")
EMBEDDER = ModelId("tiny/embedder")
JUDGE = ModelId("tiny/judge")

SCHEMA = an_object("city", city={"enum": ["Oslo", "Rome"]}, days=INTEGER)
FUNCTION: Body = {"name": "weather", "description": "The weather.", "parameters": SCHEMA}
TOOL: Body = {"type": "function", "function": FUNCTION}
CALL: Body = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Oslo"}'},
}
TURNS: list[Body] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "The weather?"}], "name": "ada"},
    {"role": "assistant", "content": None, "reasoning_content": "Look.", "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "call_1", "content": "18 degrees"},
]


def _chat(**fields: Any) -> Body:
    return {"model": TALKER, "messages": TURNS, "max_tokens": 8, **fields}


CHAT: list[Body] = [
    _chat(
        stream=True,
        stream_options={"include_usage": True},
        temperature=0.7,
        top_p=0.9,
        top_k=40,
        min_p=0.05,
        seed=7,
        stop=["\n\n", "end"],
        logprobs=True,
        top_logprobs=3,
        presence_penalty=0.5,
        frequency_penalty=-0.5,
        repetition_penalty=1.1,
        logit_bias={"70": 5, "80": -100},
        metadata={"a": "b"},
    ),
    _chat(
        tools=[TOOL, {"type": "function", "function": {"name": "clock"}}, {"type": "web_search"}],
        tool_choice={"type": "function", "function": {"name": "weather"}},
        parallel_tool_calls=False,
        chat_template_kwargs={"enable_thinking": True},
        reasoning_effort="low",
        max_completion_tokens=30,
        min_tokens=2,
    ),
    _chat(
        response_format={
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True},
        },
        n=3,
        max_tokens=40,
        ignore_eos=False,
    ),
    _chat(guided_regex="[a-c]{3}(/|-)[0-9]{1,3}", stream=True, n=2),
    _chat(functions=[FUNCTION], function_call={"name": "weather"}, modalities=["text"]),
    _chat(guided_grammar='start: "no" DOTS\nDOTS: /[.]{2,5}/\n', prediction={"content": "no.."}),
]

COMPLETIONS: list[Body] = [
    {
        "model": TALKER,
        "prompt": ["Once upon", "a time", [40, 41, 42]],
        "max_tokens": 6,
        "echo": True,
        "logprobs": 2,
        "n": 2,
        "best_of": 2,
        "temperature": 1.2,
        "seed": 3,
        "logit_bias": {"5": 1.5},
        "suffix": "",
    },
    {
        "model": TALKER,
        "prompt": "Once",
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 8,
        "min_tokens": 2,
        "stop": "x",
        "guided_json": {"enum": ["red", "blue"]},
    },
]

MESSAGES: list[Body] = [
    {**ANTHROPIC, "model": TALKER},
    {
        "model": TALKER,
        "max_tokens": 30,
        "system": "Be brief.",
        "messages": [{"role": "user", "content": "Hi"}],
        "tools": [{"name": "weather", "input_schema": SCHEMA, "strict": True}],
        "tool_choice": {"type": "any"},
    },
    {
        "model": TALKER,
        "max_tokens": 30,
        "messages": [{"role": "user", "content": "Hi"}],
        "thinking": {"type": "disabled"},
        "output_format": {"type": "json_schema", "schema": SCHEMA},
        "context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]},
    },
    {
        "model": TALKER,
        "max_tokens": 8,
        "stream": True,
        "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "It"}],
    },
]

RESPONSES: list[Body] = [
    {
        "model": TALKER,
        "input": [
            {"role": "developer", "content": [{"type": "input_text", "text": "Be brief."}]},
            {"type": "message", "role": "user", "content": "Hi"},
            {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": "s"}]},
            {"type": "function_call", "call_id": "c", "name": "weather", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "4"},
        ],
        "tools": [{"type": "function", **FUNCTION, "strict": True}, {"type": "web_search"}],
        "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"name": "weather"}]},
        "reasoning": {"effort": "low", "summary": "auto"},
        "include": ["reasoning.encrypted_content", "message.output_text.logprobs"],
        "metadata": {"a": "b"},
        "max_output_tokens": 20,
    },
    {
        "model": TALKER,
        "input": "Hi",
        "stream": True,
        "store": True,
        "background": False,
        "temperature": 0.5,
        "top_p": 0.9,
        "top_logprobs": 2,
        "max_output_tokens": 30,
        "truncation": "auto",
        "parallel_tool_calls": False,
        "instructions": "Be brief.",
        "previous_response_id": None,
        "text": {"format": {"type": "json_schema", "name": "a", "schema": SCHEMA, "strict": True}},
    },
]

EMBEDDINGS: list[Body] = [
    {"model": EMBEDDER, "input": ["a text", "another"], "encoding_format": "base64", "user": "me"},
    {"model": EMBEDDER, "input": [[1, 2, 3], [4]], "dimensions": 16},
    {"model": EMBEDDER, "input": "a text", "encoding_format": "float"},
]

RERANK: list[Body] = [
    {
        "model": JUDGE,
        "query": "what is it",
        "documents": ["a cat", {"text": "a dog"}, "7"],
        "top_n": 2,
        "return_documents": True,
        "instruction": "Judge.",
    }
]

TOKENIZE: list[Body] = [
    {"model": TALKER, "prompt": "Hello <think> there", "add_special_tokens": False},
    {"model": TALKER, "messages": TURNS, "tools": [TOOL], "add_generation_prompt": True},
]

DETOKENIZE: list[Body] = [{"model": TALKER, "tokens": [72, 101, 2, 300, 1535]}]

ROUTES: dict[str, list[Body]] = {
    "/chat/completions": CHAT,
    "/completions": COMPLETIONS,
    "/messages": MESSAGES,
    "/messages/count_tokens": MESSAGES,
    "/responses": RESPONSES,
    "/embeddings": EMBEDDINGS,
    "/rerank": RERANK,
    "/tokenize": TOKENIZE,
    "/detokenize": DETOKENIZE,
}
