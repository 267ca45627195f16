"""Routes of plain questions (tokens, vectors, scores) whose model is in another process.

What generates goes through the spine and its fork (``core.elsewhere``). These questions and their
answers are one JSON object each, so they are passed on as they came.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from mlx_manager.mlx_server.core.ids import ModelId

Door = Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]]
"""Asks at a route (``/tokenize``) with a body; the reply's body. Raises ``InferenceError``."""


class Doors(Protocol):
    """Which models have their doors elsewhere; the parent application brings its own."""

    def find(self, model: ModelId) -> Door | None:
        """Where to ask for this model; None is here."""
        ...


class NoDoors:
    """Everything is here."""

    def find(self, model: ModelId) -> Door | None:
        """Here."""
        del model
        return None
