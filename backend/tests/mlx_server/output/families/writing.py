"""Calls as each family's own chat template writes them, and answers around them."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

Arguments = Mapping[str, Any]


class Writing(NamedTuple):
    """``family`` is mlx-lm's name; ``calls`` writes the calls of one block; ``thought`` and
    ``said`` put reasoning and text around (an answer in a frame has headers)."""

    family: str
    call: Callable[[str, Arguments, int], str]
    opening: str
    between: str
    closing: str
    think: tuple[str, str] = ("<think>", "</think>")
    said: tuple[str, str] = ("", "")
    calling: tuple[str, str] = ("", "")
    markers: tuple[str, ...] = ()

    def calls(self, calls: Sequence[tuple[str, Arguments]]) -> str:
        """One block of calls."""
        written = (self.call(name, arguments, at) for at, (name, arguments) in enumerate(calls))
        block = f"{self.opening}{self.between.join(written)}{self.closing}"
        return f"{self.calling[0]}{block}{self.calling[1]}"

    def text(self, text: str) -> str:
        """A part of the answer's text."""
        return f"{self.said[0]}{text}{self.said[1]}"

    def thought(self, text: str) -> str:
        """A part of its reasoning."""
        return f"{self.think[0]}{text}{self.think[1]}"


def dumped(value: Any) -> str:
    """As Jinja's ``tojson`` in chat templates."""
    return json.dumps(value, ensure_ascii=False)


def _bare(value: Any) -> str:
    return value if isinstance(value, str) else dumped(value)


def _printed(value: Any) -> str:
    """Containers as JSON, all else as Jinja prints it."""
    return dumped(value) if isinstance(value, (dict, list)) else str(value)


def _json(name: str, arguments: Arguments, _: int) -> str:
    return dumped({"name": name, "arguments": arguments})


def _kimi_k2(name: str, arguments: Arguments, at: int) -> str:
    return (
        f"<|tool_call_begin|>functions.{name}:{at}<|tool_call_argument_begin|>"
        f"{dumped(arguments)}<|tool_call_end|>"
    )


def _glm(line: str, prefix: str = "") -> Callable[[str, Arguments, int], str]:
    def call(name: str, arguments: Arguments, _: int) -> str:
        fields = (
            f"<{prefix}arg_key>{key}</{prefix}arg_key>{line}"
            f"<{prefix}arg_value>{_bare(value)}</{prefix}arg_value>{line}"
            for key, value in arguments.items()
        )
        return f"{name}{line}{''.join(fields)}"

    return call


def _qwen3_coder(name: str, arguments: Arguments, _: int) -> str:
    fields = (
        f"<parameter={key}>\n{_printed(value)}\n</parameter>\n" for key, value in arguments.items()
    )
    return f"<function={name}>\n{''.join(fields)}</function>"


def _invoke(prefix: str) -> Callable[[str, Arguments, int], str]:
    def call(name: str, arguments: Arguments, _: int) -> str:
        fields = (
            f'<{prefix}parameter name="{key}">{_bare(value)}</{prefix}parameter>\n'
            for key, value in arguments.items()
        )
        return f'<{prefix}invoke name="{name}">\n{"".join(fields)}</{prefix}invoke>'

    return call


def _minicpm5(name: str, arguments: Arguments, _: int) -> str:
    def value(given: Any) -> str:
        text = _bare(given)
        return f"<![CDATA[{text}]]>" if any(char in text for char in "<&\n") else text

    fields = (f'<param name="{key}">{value(each)}</param>' for key, each in arguments.items())
    return f'"{name}">{"".join(fields)}'


def _kimi_k3(name: str, arguments: Arguments, at: int) -> str:
    def kind(value: Any) -> str:
        names = {str: "string", bool: "boolean", type(None): "null", list: "array", dict: "object"}
        return names.get(type(value), "number")

    fields = (
        f'<|open|>argument key="{key}" type="{kind(value)}"<|sep|>{_bare(value)}'
        "<|close|>argument<|sep|>"
        for key, value in arguments.items()
    )
    head = f'<|open|>call tool="{name}" index="{at + 1}"<|sep|>'
    return f"{head}{''.join(fields)}<|close|>call<|sep|>"


def _braced(quote: str) -> Callable[[str, Arguments, int], str]:
    def value(given: Any) -> str:
        if isinstance(given, str):
            return f"{quote}{given}{quote}"
        if isinstance(given, list):
            return f"[{','.join(map(value, given))}]"
        if isinstance(given, dict):
            return f"{{{','.join(f'{key}:{value(each)}' for key, each in given.items())}}}"
        return str(given).lower() if isinstance(given, bool) else str(given)

    def call(name: str, arguments: Arguments, _: int) -> str:
        return f"call:{name}{value(dict(arguments))}"

    return call


def _pythonic(name: str, arguments: Arguments, _: int) -> str:
    def value(given: Any) -> str:
        return dumped(given) if isinstance(given, (str, dict, list)) else str(given)

    return f"{name}({', '.join(f'{key}={value(each)}' for key, each in arguments.items())})"


_CALL = ("<tool_call>", "</tool_call>")
_NEXT = "</tool_call>\n<tool_call>"
_GLM_TAGS = ("<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>")
_LONGCAT = tuple(f"<{end}longcat_{tag}>" for tag in ("arg_key", "arg_value") for end in ("", "/"))
_XTML = ("<|open|>", "<|close|>", "<|sep|>", "<|end_of_msg|>")
_HARMONY = ("<|start|>", "<|channel|>", "<|message|>", "<|constrain|>", "<|end|>", "<|call|>")
_MUSE = ("<|start|>", "<|message|>", "<|eom|>", "<|eot|>")


def _harmony(name: str, arguments: Arguments, _: int) -> str:
    head = f"<|channel|>commentary to=functions.{name} <|constrain|>json<|message|>"
    return f"{head}{dumped(arguments)}<|call|><|start|>assistant"


WRITINGS = {
    "json_tools": Writing(
        "json_tools",
        _json,
        "<tool_call>\n",
        "\n</tool_call>\n<tool_call>\n",
        "\n</tool_call>",
        markers=_CALL,
    ),
    "qwen3_coder": Writing(
        "qwen3_coder",
        _qwen3_coder,
        "<tool_call>\n",
        "\n</tool_call>\n<tool_call>\n",
        "\n</tool_call>",
        markers=_CALL,
    ),
    "glm47": Writing(
        "glm47", _glm(""), "<tool_call>", _NEXT, "</tool_call>", markers=(*_CALL, *_GLM_TAGS)
    ),
    "glm45": Writing(
        "glm47", _glm("\n"), "<tool_call>", _NEXT, "</tool_call>", markers=(*_CALL, *_GLM_TAGS)
    ),
    "laguna": Writing(
        "laguna", _glm("\n"), "<tool_call>", _NEXT, "</tool_call>", markers=(*_CALL, *_GLM_TAGS)
    ),
    "longcat": Writing(
        "longcat",
        _glm("\n", "longcat_"),
        "<longcat_tool_call>",
        "</longcat_tool_call>\n<longcat_tool_call>",
        "</longcat_tool_call>",
        ("<longcat_think>", "</longcat_think>"),
        markers=("<longcat_tool_call>", "</longcat_tool_call>", *_LONGCAT),
    ),
    "minimax_m2": Writing(
        "minimax_m2",
        _invoke(""),
        "<minimax:tool_call>\n",
        "\n",
        "\n</minimax:tool_call>",
        markers=("<minimax:tool_call>", "</minimax:tool_call>"),
    ),
    "minicpm5": Writing(
        "minicpm5", _minicpm5, "<function name=", "</function><function name=", "</function>"
    ),
    "muse_spark": Writing(
        "muse_spark",
        _invoke("atem:"),
        "<atem:function_calls>\n",
        "\n",
        "\n</atem:function_calls>",
        ("to=self<|message|>", "<|eom|><|start|>assistant "),
        ("to=user<|message|>", "<|eom|><|start|>assistant "),
        ("to=functions<|message|>", "<|eom|><|start|>assistant "),
        _MUSE,
    ),
    "kimi_k2": Writing(
        "kimi_k2",
        _kimi_k2,
        "<|tool_calls_section_begin|>",
        "",
        "<|tool_calls_section_end|>",
        markers=(
            "<|tool_calls_section_begin|>",
            "<|tool_calls_section_end|>",
            "<|tool_call_begin|>",
            "<|tool_call_argument_begin|>",
            "<|tool_call_end|>",
        ),
    ),
    "kimi_k3": Writing(
        "kimi_k3",
        _kimi_k3,
        "<|open|>tools<|sep|>",
        "",
        "<|close|>tools<|sep|>",
        ("<|open|>think<|sep|>", "<|close|>think<|sep|>"),
        ("<|open|>response<|sep|>", "<|close|>response<|sep|>"),
        markers=_XTML,
    ),
    "mistral": Writing(
        "mistral",
        lambda name, arguments, _: f"{name}[ARGS]{dumped(arguments)}",
        "[TOOL_CALLS]",
        "[TOOL_CALLS]",
        "",
        markers=("[TOOL_CALLS]", "[ARGS]", "[CALL_ID]"),
    ),
    "mistral_list": Writing(
        "mistral", _json, "[TOOL_CALLS] [", ", ", "]", markers=("[TOOL_CALLS]",)
    ),
    "pythonic": Writing(
        "pythonic",
        _pythonic,
        "<|tool_call_start|>[",
        ", ",
        "]<|tool_call_end|>",
        markers=("<|tool_call_start|>", "<|tool_call_end|>"),
    ),
    "gemma4": Writing(
        "gemma4",
        _braced('<|"|>'),
        "<|tool_call>",
        "<tool_call|><|tool_call>",
        "<tool_call|>",
        ("<|channel>thought", "<channel|>"),
        markers=("<|tool_call>", "<tool_call|>", '<|"|>', "<|channel>", "<channel|>"),
    ),
    "function_gemma": Writing(
        "function_gemma",
        _braced("<escape>"),
        "<start_function_call>",
        "<end_function_call><start_function_call>",
        "<end_function_call>",
        markers=("<start_function_call>", "<end_function_call>", "<escape>"),
    ),
    "harmony": Writing(
        "harmony",
        _harmony,
        "",
        "",
        "",
        ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant"),
        ("<|channel|>final<|message|>", "<|end|><|start|>assistant"),
        markers=_HARMONY,
    ),
}
"""By name; some families have more than one."""

STREAMING = {"json_tools", "kimi_k2", "mistral", "mistral_list", "harmony"}
"""Those whose arguments are JSON."""
