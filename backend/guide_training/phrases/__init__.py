"""Hand-written ways of asking, in TOML; a list named `held_x` is the held-out part of `x`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from guide_training.draw import Draw
from guide_training.paraphrase import polite


class Phrases:
    """The phrase lists of one kind."""

    def __init__(self, name: str) -> None:
        path = Path(__file__).with_name(f"{name}.toml")
        self.content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))

    def pick(self, draw: Draw, name: str) -> str:
        """Return a phrase of list `name`, from its held-out part when `draw` is held out."""
        held: list[str] = self.content[f"held_{name}"]
        return draw.pick(held) if draw.held else polite(draw, draw.pick(self.content[name]), held)
