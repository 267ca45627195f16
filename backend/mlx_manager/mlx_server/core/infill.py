"""How models that fill in the middle were trained to read what stands before and after a gap.

Bavarian et al., "Efficient Training of Language Models to Fill in the Middle" (arXiv:2207.14255).
Which tokens a tokenizer has decides how, never a model's name.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InfillForm:
    """The tokens before the two texts, and the one after both, where there is one.

    ``suffix_first``: what stands after the gap is read first. ``ends`` are tokens that a model
    writes when the gap is filled, beside the end of text; no program's own text is like them.
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


def _marked(prefix: str, suffix: str, middle: str, *others: str) -> InfillForm:
    """The usual form, whose own markers end what is filled in, as some ``others`` do."""
    return InfillForm(prefix, suffix, middle, ends=(prefix, suffix, middle, *others))


INFILL_FORMS = (
    # Qwen2.5-Coder, CodeGemma, Granite 4
    _marked(
        "<|fim_prefix|>",
        "<|fim_suffix|>",
        "<|fim_middle|>",
        "<|fim_pad|>",
        "<|repo_name|>",
        "<|file_sep|>",
        "<|file_separator|>",
    ),
    # StarCoder, Granite Code, StableCode
    _marked(
        "<fim_prefix>",
        "<fim_suffix>",
        "<fim_middle>",
        "<fim_pad>",
        "<repo_name>",
        "<file_sep>",
    ),
    # SantaCoder
    _marked("<fim-prefix>", "<fim-suffix>", "<fim-middle>", "<fim-pad>"),
    # CodeLlama, as its converted and as its original files spell the same tokens
    _marked("\u2581<PRE>", "\u2581<SUF>", "\u2581<MID>", "\u2581<EOT>"),
    _marked("<PRE>", "<SUF>", "<MID>", "<EOT>"),
    # DeepSeek-Coder, DeepSeek V2 and V3
    _marked(
        "<\uff5cfim\u2581begin\uff5c>", "<\uff5cfim\u2581hole\uff5c>", "<\uff5cfim\u2581end\uff5c>"
    ),
    # Codestral: mistral-common's encode_fim. ``row[PREFIX]`` may be a program's own text.
    InfillForm("[PREFIX]", "[SUFFIX]", None, suffix_first=True),
)


def infill_form(has: Callable[[str], bool]) -> InfillForm | None:
    """The form of a tokenizer that ``has`` some tokens; None where it cannot fill in the middle."""
    return next((form for form in INFILL_FORMS if all(map(has, form.markers))), None)


def can_infill(tokens: Collection[str]) -> bool:
    """Whether these tokens are enough for one of the forms."""
    return infill_form(tokens.__contains__) is not None
