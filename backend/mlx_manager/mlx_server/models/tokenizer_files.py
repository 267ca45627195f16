"""What a tokenizer's files say of chat, tools and reasoning, without loading it.

The rules are those of transformers (which file holds the template) and of mlx-lm's
``tokenizer_utils`` (which signs mean tools or reasoning), read without importing either: that
takes seconds, and a list of models is asked for before any is used.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlx_manager.mlx_server.core.infill import INFILL_FORMS, can_infill
from mlx_manager.mlx_server.errors import InvalidModel

SETTINGS = "tokenizer_config.json"
TEMPLATE = "chat_template.jinja"
NAMED_TEMPLATES = "additional_chat_templates"
VOCABULARIES = (
    "tokenizer.json",
    SETTINGS,
    "added_tokens.json",
    "special_tokens_map.json",
    "vocab.json",
    "tokenizer.model",
    "tekken.json",
)

_HARMONY = ("<|start|>", "<|channel|>", "<|message|>")
"""gpt-oss, whose channels mlx-lm does not know and ``output.families`` does."""

_TOOL_SIGNS = (
    ("<minimax:tool_call>",),
    ("<|tool_call>", "<tool_call|>"),
    ("<start_function_call>",),
    ("<longcat_tool_call>",),
    ("<arg_key>",),
    ("<|tool_list_start|>",),
    ("<|tool_call_start|>",),
    ("<tool_call>\\n<function=",),
    ("<tool_call>\n<function=",),
    ("<|tool_calls_section_begin|>",),
    ('<function name="', '<param name="'),
    ("[TOOL_CALLS]",),
    ("<atem:function_calls>",),
    ("<tool_call>", "tool_call.name"),
    _HARMONY,
)
"""Each line: texts that are all in the templates of one family of tool calls."""

_THINK_SIGNS = (_HARMONY, ("<atem:function_calls>", "to=self"))
"""Families whose reasoning is a part of the answer with a header, not between two tokens."""

_XTML = ("<|open|>", "<|close|>", "<|sep|>", "<|end_of_msg|>")
_TOOL_TOKENS = (_XTML, ("<|tool_call_start|>", "<|tool_call_end|>"))
_THINK_TOKENS = (
    ("<think>", "</think>"),
    ("<longcat_think>", "</longcat_think>"),
    ("<|think:start|>", "<|think:end|>"),
    ("<|channel>", "<channel|>"),
    _XTML,
)
_INFILL_TOKENS = tuple(form.markers for form in INFILL_FORMS)
_SPELLED = {
    json.dumps(token, ensure_ascii=escapes)[1:-1].encode(): token
    for row in (*_TOOL_TOKENS, *_THINK_TOKENS, *_INFILL_TOKENS)
    for token in row
    for escapes in (False, True)
}
_TOKEN_IN_FILE = re.compile(
    b'(?:"|\n[\x01-\x7f])(%s)(?:"|\x15)' % b"|".join(map(re.escape, sorted(_SPELLED)))
)
"""In quotes as JSON has it; or a piece of SentencePiece's: a field's tag, its length, the text and
the tag of its score (sentencepiece_model.proto)."""

_PIECE_BYTES = 1 << 20
_LONGEST = max(map(len, _SPELLED)) + 3

_RENDERED_IN_PYTHON = frozenset({"muse_spark"})
"""Model types whose template and tool format are mlx-lm's own code (``TOKENIZER_DEFAULTS``)."""


@dataclass(frozen=True, slots=True)
class TokenizerAbilities:
    """Whether there is a chat template, a format of tool calls that can be read, reasoning that the
    template knows of, and tokens for filling in the middle."""

    chat: bool
    tools: bool
    reasoning: bool
    infill: bool


def read_tokenizer_abilities(path: Path, model_type: str) -> TokenizerAbilities:
    """Read a model directory. Raises ``InvalidModel`` naming a file that is broken."""
    settings = _settings(path)
    templates = _templates(path, settings)
    default = templates if isinstance(templates, str) else templates.get("default")
    in_python = model_type in _RENDERED_IN_PYTHON or bool(settings.get("chat_template_type"))
    tokens = _marker_tokens(path)
    # Of named templates mlx-lm looks at none for signs of tools.
    signs = templates if isinstance(templates, str) else ""
    return TokenizerAbilities(
        chat=default is not None or in_python,
        tools=model_type in _RENDERED_IN_PYTHON
        or bool(settings.get("tool_parser_type"))
        or any(all(text in signs for text in row) for row in _TOOL_SIGNS)
        or any(tokens.issuperset(row) for row in _TOOL_TOKENS),
        reasoning=model_type in _RENDERED_IN_PYTHON
        or any(all(text in signs for text in row) for row in _THINK_SIGNS)
        or any(
            tokens.issuperset(row) and (in_python or any(token in (default or "") for token in row))
            for row in _THINK_TOKENS
        ),
        infill=can_infill(tokens),
    )


def _settings(path: Path) -> Mapping[str, Any]:
    file = path / SETTINGS
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InvalidModel(f"{file}: not readable JSON ({error}).") from error
    if not isinstance(settings, dict):
        raise InvalidModel(f"{file}: not a JSON object.")
    return settings


def _templates(path: Path, settings: Mapping[str, Any]) -> str | dict[str, str]:
    """The template, or several by name. Files of their own replace those in the settings."""
    named = sorted((path / NAMED_TEMPLATES).glob("*.jinja"))
    has_default = (path / TEMPLATE).exists()
    if has_default and not named:
        return _text(path / TEMPLATE)
    if named:
        default = {"default": _text(path / TEMPLATE)} if has_default else {}
        return default | {file.stem: _text(file) for file in named}
    inline = settings.get("chat_template")
    if isinstance(inline, str):
        return inline
    if not isinstance(inline, list):
        return {}
    return {
        str(each["name"]): str(each["template"])
        for each in inline
        if isinstance(each, dict) and {"name", "template"} <= each.keys()
    }


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InvalidModel(f"{file}: not readable text ({error}).") from error


def _marker_tokens(path: Path) -> set[str]:
    """Which marker tokens are in the vocabulary: as whole strings in the files that make it.

    Searched in pieces: parsing 20 MB of JSON would hold up every other thread for half a second.
    """
    found: set[str] = set()
    for name in VOCABULARIES:
        try:
            with (path / name).open("rb") as file:
                tail = b""
                while piece := file.read(_PIECE_BYTES):
                    found |= {_SPELLED[each] for each in _TOKEN_IN_FILE.findall(tail + piece)}
                    tail = piece[-_LONGEST:]
        except FileNotFoundError:
            continue
        except OSError as error:
            raise InvalidModel(f"{path / name}: cannot be read ({error}).") from error
    return found
