"""The families that mlx-lm knows, by its name for each, and OpenAI's own, harmony.

Their formats are those of the models' chat templates and of ``mlx_lm.tool_parsers``.
"""

import re

from mlx_manager.mlx_server.core.model import Tokenizer
from mlx_manager.mlx_server.output.families.braced import BracedForm
from mlx_manager.mlx_server.output.families.family import Family, mistral_id
from mlx_manager.mlx_server.output.families.frame import HARMONY, MUSE_SPARK
from mlx_manager.mlx_server.output.families.json_form import JsonForm
from mlx_manager.mlx_server.output.families.pythonic import PythonicForm
from mlx_manager.mlx_server.output.families.tagged import TaggedForm
from mlx_manager.mlx_server.output.families.tags import Tags

_JSON = JsonForm(
    head=re.compile(
        r'[\s\[\]},]*\{\s*"name"\s*:\s*(?P<quoted>"(?:[^"\\]|\\.)*")\s*,'
        r'\s*"(?:arguments|parameters)"\s*:\s*(?=\{)'
    ),
    before='{"name": "',
    between='", "arguments": ',
    after="}",
    tail=re.compile(r"[\s\]}]*"),
)
_KIMI_K2 = JsonForm(
    head=re.compile(
        r"(?:\s*<\|tool_call_end\|>)?\s*<\|tool_call_begin\|>\s*"
        r"(?P<id>(?:functions\.)?(?P<name>[^\s<>]+?):\d+)"
        r"\s*<\|tool_call_argument_begin\|>\s*(?=\{)"
    ),
    before="<|tool_call_begin|>functions.",
    between=":{index}<|tool_call_argument_begin|>",
    after="<|tool_call_end|>",
    tail=re.compile(r"\s*(?:<\|tool_call_end\|>)?\s*"),
    sign="<|tool_call_begin|>",
)
_MISTRAL = JsonForm(
    head=re.compile(
        r"\s*(?:\[TOOL_CALLS\])?\s*(?P<name>[\w.-]+)\s*(?:\[CALL_ID\]\s*(?P<id>\w+)\s*)?"
        r"\[ARGS\]\s*(?=\{)"
    ),
    before="",
    between="[ARGS]",
    sign="[ARGS]",
)
_HARMONY = JsonForm(
    head=re.compile(r"[^{]*?\bto=functions\.(?P<name>[^\s<]+)[^{]*?<\|message\|>\s*(?=\{)"),
    before="<|channel|>commentary to=functions.",
    between=" <|constrain|>json<|message|>",
    sign="<|message|>",
)
_GLM = TaggedForm(
    Tags(
        call="{name}{gap}",
        open="<arg_key>{key}</arg_key>{gap}<arg_value>",
        close="</arg_value>{gap}",
    )
)
_GLM_FAMILY = Family(_GLM, "<tool_call>", "</tool_call>\n<tool_call>", "</tool_call>")

_FAMILIES = {
    "json_tools": Family(_JSON, "<tool_call>\n", "\n</tool_call>\n<tool_call>\n", "\n</tool_call>"),
    "kimi_k2": Family(_KIMI_K2, "<|tool_calls_section_begin|>", "", "<|tool_calls_section_end|>"),
    "mistral": Family(_MISTRAL, "[TOOL_CALLS]", "[TOOL_CALLS]", fresh_id=mistral_id),
    "harmony": Family(_HARMONY, "", None, frame=HARMONY),
    "glm47": _GLM_FAMILY,
    "laguna": _GLM_FAMILY,
    "longcat": Family(
        TaggedForm(
            Tags(
                call="{name}{gap}",
                open="<longcat_arg_key>{key}</longcat_arg_key>{gap}<longcat_arg_value>",
                close="</longcat_arg_value>{gap}",
            )
        ),
        "<longcat_tool_call>",
        "</longcat_tool_call>\n<longcat_tool_call>",
        "</longcat_tool_call>",
    ),
    "qwen3_coder": Family(
        TaggedForm(
            Tags(
                call="<function={name}>\n",
                open="<parameter={key}>",
                close="</parameter>\n",
                end="</function>",
                wrap="\n",
            )
        ),
        "<tool_call>\n",
        "\n</tool_call>\n<tool_call>\n",
        "\n</tool_call>",
    ),
    "minimax_m2": Family(
        TaggedForm(
            Tags(
                call='<invoke name="{name}">\n',
                open='<parameter name="{key}">',
                close="</parameter>\n",
                end="</invoke>",
            )
        ),
        "<minimax:tool_call>\n",
        "\n",
        "\n</minimax:tool_call>",
    ),
    "minicpm5": Family(
        TaggedForm(
            Tags(call='"{name}">', open='<param name="{key}">', close="</param>", cdata=True)
        ),
        "<function name=",
        "</function><function name=",
        "</function>",
    ),
    "muse_spark": Family(
        TaggedForm(
            Tags(
                call='<atem:invoke name="{name}">\n',
                open='<atem:parameter name="{key}">',
                close="</atem:parameter>\n",
                end="</atem:invoke>",
            )
        ),
        "<atem:function_calls>\n",
        "\n",
        "\n</atem:function_calls>",
        frame=MUSE_SPARK,
    ),
    "kimi_k3": Family(
        TaggedForm(
            Tags(
                call='<|open|>call tool="{name}" index="{index}"<|sep|>',
                open='<|open|>argument key="{key}" type="{type}"<|sep|>',
                close="<|close|>argument<|sep|>",
                end="<|close|>call<|sep|>",
                escapes=True,
            )
        ),
        "<|open|>tools<|sep|>",
        "",
        "<|close|>tools<|sep|>",
        dropped=(
            "<|open|>response<|sep|>",
            "<|close|>response<|sep|>",
            "<|close|>message<|sep|>",
        ),
    ),
    "gemma4": Family(
        BracedForm('<|"|>'), "<|tool_call>", "<tool_call|><|tool_call>", "<tool_call|>"
    ),
    "function_gemma": Family(
        BracedForm("<escape>"),
        "<start_function_call>",
        "<end_function_call><start_function_call>",
        "<end_function_call>",
    ),
    "pythonic": Family(PythonicForm(), "<|tool_call_start|>[", ", ", "]<|tool_call_end|>"),
}

_MISTRAL_LIST = Family(_JSON, "[TOOL_CALLS][", ", ", "]", fresh_id=mistral_id)
"""Before version 11 of its tokenizer, Mistral wrote calls as one JSON list."""


def family_of(tokenizer: Tokenizer) -> Family | None:
    """The family of a model's calls; None where it has none, or one that is new to us."""
    name = tokenizer.tool_family
    if name == "mistral" and len(tokenizer.encode("[ARGS]", add_special_tokens=False)) != 1:
        return _MISTRAL_LIST
    return _FAMILIES.get(name or "")
