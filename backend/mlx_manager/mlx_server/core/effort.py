"""How hard a model is to think: one word, and how many tokens it stands for.

| effort  | thinks | of ``max_tokens`` | of 4,096 |
|---------|--------|-------------------|----------|
| none    | no     | nothing           | 0        |
| minimal | no     | a tenth           | 409      |
| low     | yes    | a fifth           | 819      |
| medium  | yes    | half              | 2,048    |
| high    | yes    | four fifths       | 3,276    |
| xhigh   | yes    | nineteen of 20    | 3,891    |
| max     | yes    | all of it         | no limit |

"Thinks" is what the chat template is told; the tokens bind models that think whatever it says.
The shares are OpenRouter's (https://openrouter.ai/docs/guides/best-practices/reasoning-tokens), so
that a client sees here what it sees there. Its floor of 1,024 tokens is meant for long answers;
ours leaves a short answer its half.
"""

from enum import StrEnum

FLOOR_TOKENS = 256
"""Fewer are the beginning of a thought, not a thought; but never more than half the answer."""


class Effort(StrEnum):
    """From least to most."""

    NONE = "none"
    MINIMAL = "minimal"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    XHIGH = "xhigh"
    MAX = "max"

    @property
    def thinks(self) -> bool:
        """Whether a template that can switch thinking is to switch it on."""
        return self not in (Effort.NONE, Effort.MINIMAL)

    def budget_tokens(self, max_tokens: int) -> int | None:
        """Tokens of reasoning within an answer of ``max_tokens``; None where nothing limits it."""
        percent = _PERCENT[self]
        if percent is None:
            return None
        if percent == 0:
            return 0
        return max(max_tokens * percent // 100, min(FLOOR_TOKENS, max_tokens // 2))


_PERCENT: dict[Effort, int | None] = {
    Effort.NONE: 0,
    Effort.MINIMAL: 10,
    Effort.LOW: 20,
    Effort.MEDIUM: 50,
    Effort.HIGH: 80,
    Effort.XHIGH: 95,
    Effort.MAX: None,
}
