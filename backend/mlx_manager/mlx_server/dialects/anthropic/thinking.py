"""``thinking`` and ``output_config.effort`` -> template arguments and a budget."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mlx_manager.mlx_server.core.effort import Effort
from mlx_manager.mlx_server.dialects.anthropic.schema import INT32_MAX
from mlx_manager.mlx_server.dialects.openai.validation import check, shown
from mlx_manager.mlx_server.errors import BadRequest

_KINDS = {"enabled": True, "adaptive": True, "between_tools": True, "disabled": False}
_EFFORTS = (Effort.LOW, Effort.MEDIUM, Effort.HIGH, Effort.XHIGH, Effort.MAX)


@dataclass(frozen=True, slots=True)
class Thinking:
    """How the model is to think.

    ``budget_tokens`` None is no limit but the effort's, or ``max_tokens``; ``shown`` False keeps
    the text of the thinking from the reply (``display: omitted``).
    """

    template_kwargs: Mapping[str, bool] = field(default_factory=dict)
    effort: Effort | None = None
    budget_tokens: int | None = None
    shown: bool = True


def read_thinking(thinking: Any, output_config: Any) -> Thinking:
    """Read both; left out, a template does as its author meant it to.

    Raises ``BadRequest``.
    """
    effort = _read_effort(output_config)
    if thinking is None:
        return Thinking(effort=effort)
    kind = thinking.get("type") if isinstance(thinking, dict) else None
    if not isinstance(kind, str) or kind not in _KINDS:
        raise BadRequest(
            f"'thinking.type' must be one of {', '.join(_KINDS)}; got {shown(kind)}.",
            param="thinking.type",
        )
    budget = thinking.get("budget_tokens") if kind == "enabled" else None
    check(
        budget is None or (type(budget) is int and 0 < budget <= INT32_MAX),
        f"'thinking.budget_tokens' must be a whole number from 1; got {shown(budget)}.",
        "thinking.budget_tokens",
    )
    thinks = _KINDS[kind]
    return Thinking(
        {"enable_thinking": thinks},
        effort=effort,
        budget_tokens=budget if thinks else 0,
        shown=thinking.get("display") != "omitted",
    )


def _read_effort(output_config: Any) -> Effort | None:
    effort = output_config.get("effort") if isinstance(output_config, dict) else None
    if effort is None:
        return None
    if not isinstance(effort, str) or effort not in _EFFORTS:
        raise BadRequest(
            f"'output_config.effort' must be one of {', '.join(_EFFORTS)}; got {shown(effort)}.",
            param="output_config.effort",
        )
    return Effort(effort)
