"""Questions about anything else, which the guide declines politely."""

from __future__ import annotations

from guide_training.draw import Draw
from guide_training.exchange import Exchange, plain
from guide_training.kinds.guide import REFUSAL, phrasing, thought_about, worn
from guide_training.phrases import Phrases

PHRASES = Phrases("refusal")


def make(draw: Draw) -> Exchange:
    """Return a question that has nothing to do with MLX Manager."""
    if draw.chance(0.55):
        question = phrasing(draw, REFUSAL)
    else:
        question = PHRASES.pick(draw, "shapes").format(
            n=draw.listed("nouns"),
            m=draw.listed("nouns"),
            a=draw.listed("adjectives"),
            v=draw.listed("verbs"),
            N=draw.name(),
            c=draw.city(),
            i=draw.integer(3),
            j=draw.integer(3),
            w=draw.made_up(),
            s=draw.pick(PHRASES.content["held_subjects" if draw.held else "subjects"]),
        )
    return plain("refusal", worn(draw, question), REFUSAL.answer, thought_about(REFUSAL))
