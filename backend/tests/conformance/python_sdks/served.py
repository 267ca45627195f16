"""Where the managers are, and what the suites ask them."""

import os
from typing import Literal

from pydantic import BaseModel, ConfigDict

URL = os.environ["MANAGER_URL"]
"""A manager with the guide model, whose answers nobody can foresee."""
KEY = os.environ["MANAGER_KEY"]
SCRIPTED_URL = os.environ["SCRIPTED_URL"]
"""A manager whose model knows the answers, for what depends on meaning; it asks for no key."""
ANY_KEY = "x"
MODEL = os.environ["MANAGER_MODEL"]
OTHER_MODEL = os.environ["OTHER_MODEL"]
"""A second model of the scripted manager."""
EMBEDDER = os.environ["EMBEDDER"]
"""A model of the first manager that makes vectors."""

QUESTION = "How do I stop the server?"


class City(BaseModel):
    """A city of a few, so that any model comes to its end: some clients leave bounds on a string
    out of what they send."""

    model_config = ConfigDict(extra="forbid")

    city: Literal["Bergen", "Oslo"]
    kind: Literal["capital", "port"]
