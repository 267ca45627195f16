"""What a chat template is told beside the messages: pure, from what its author made it ask."""

from collections.abc import Collection, Mapping
from typing import Any

from mlx_manager.mlx_server.core.effort import Effort
from mlx_manager.mlx_server.core.model import TemplateNames

EFFORT = "reasoning_effort"
THINKING = "enable_thinking"
SWITCHES = (THINKING, "thinking", "reasoning")
"""The same switch as templates call it: Qwen's and most; DeepSeek's and Granite's; Cohere's."""

_ORDER = tuple(Effort)
_USUAL = frozenset({"low", "medium", "high"})
"""Those of gpt-oss, whose template writes any word it is given into the prompt."""


def template_arguments(
    said: Mapping[str, Any], effort: Effort | None, knows: TemplateNames
) -> dict[str, Any]:
    """``said`` as it is, with the effort in the template's words and the switch by its name."""
    arguments = dict(said)
    if effort is not None and EFFORT in knows.variables:
        arguments.setdefault(EFFORT, effort_word(effort, knows.words))
    if THINKING in said and THINKING not in knows.variables:
        for name in SWITCHES:
            if name in knows.variables:
                arguments.setdefault(name, said[THINKING])
    return arguments


def effort_word(effort: Effort, words: Collection[str]) -> str:
    """The template's word that comes nearest: thinking stays thinking where there is a word for
    it. A template that names fewer than two of the words is taken to know the usual three."""
    named = frozenset(words) & frozenset(_ORDER)
    if effort in named:
        return effort.value
    known = [Effort(word) for word in _ORDER if word in (named if len(named) > 1 else _USUAL)]
    alike = [word for word in known if word.thinks == effort.thinks] or known
    at = _ORDER.index(effort)
    return min(alike, key=lambda word: abs(_ORDER.index(word) - at)).value
