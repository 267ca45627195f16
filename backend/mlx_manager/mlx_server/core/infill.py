"""How models that fill in the middle were trained to read what stands before and after a gap.

Bavarian et al., "Efficient Training of Language Models to Fill in the Middle" (arXiv:2207.14255).
Which tokens a tokenizer has decides how, never a model's name.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InfillForm:
    """The tokens before the two texts, and the one after both, where there is one.

    ``suffix_first``: what stands after the gap is read first. ``ends`` are tokens, beside these and
    the end of text, that a model writes when the gap is filled.
    """

    prefix: str
    suffix: str
    middle: str | None
    suffix_first: bool = False
    ends: tuple[str, ...] = ()

    @property
    def markers(self) -> tuple[str, ...]:
        """The tokens that a tokenizer of this form has, all of them."""
        return tuple(each for each in (self.prefix, self.suffix, self.middle) if each)


INFILL_FORMS = (
    # Qwen2.5-Coder, CodeGemma, Granite 4
    InfillForm(
        "<|fim_prefix|>",
        "<|fim_suffix|>",
        "<|fim_middle|>",
        ends=("<|fim_pad|>", "<|repo_name|>", "<|file_sep|>", "<|file_separator|>"),
    ),
    # StarCoder, Granite Code, StableCode
    InfillForm(
        "<fim_prefix>",
        "<fim_suffix>",
        "<fim_middle>",
        ends=("<fim_pad>", "<repo_name>", "<file_sep>", "<filename>"),
    ),
    # SantaCoder
    InfillForm("<fim-prefix>", "<fim-suffix>", "<fim-middle>", ends=("<fim-pad>",)),
    # CodeLlama, as its converted and as its original files spell the same tokens
    InfillForm("\u2581<PRE>", "\u2581<SUF>", "\u2581<MID>", ends=("\u2581<EOT>",)),
    InfillForm("<PRE>", "<SUF>", "<MID>", ends=("<EOT>",)),
    # DeepSeek-Coder, DeepSeek V2 and V3
    InfillForm(
        "<\uff5cfim\u2581begin\uff5c>", "<\uff5cfim\u2581hole\uff5c>", "<\uff5cfim\u2581end\uff5c>"
    ),
    # Codestral: mistral-common's encode_fim, which has no token after the two
    InfillForm("[PREFIX]", "[SUFFIX]", None, suffix_first=True, ends=("[MIDDLE]",)),
)


def infill_form(has: Callable[[str], bool]) -> InfillForm | None:
    """The form of a tokenizer that ``has`` some tokens; None where it cannot fill in the middle."""
    return next((form for form in INFILL_FORMS if all(map(has, form.markers))), None)


def can_infill(tokens: Collection[str]) -> bool:
    """Whether these tokens are enough for one of the forms."""
    return infill_form(tokens.__contains__) is not None
