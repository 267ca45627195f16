"""The hub's token that an administrator saved: sealed in the database, open in memory."""

import logging
import os

from mlx_manager.db.columns import utc_now
from mlx_manager.db.engine import Database
from mlx_manager.db.kept_secrets import KeptSecret
from mlx_manager.errors import SettingFixed
from mlx_manager.schemas.hub_token import HubTokenReply
from mlx_manager.services.secret_box import SecretBox, SecretUnreadable

logger = logging.getLogger(__name__)

NAME = "hub_token"
VARIABLES = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
"""Where the hub's client looks itself, before any other place."""


def token_of_environment() -> str | None:
    """The name of the variable that brings a token, if one does."""
    return next((name for name in VARIABLES if os.environ.get(name, "").strip()), None)


class HubToken:
    """What the environment sets goes before what is saved, as with every setting.

    ``variable`` is the environment's, or None. The token itself is shown to nobody.
    """

    def __init__(self, database: Database, box: SecretBox, variable: str | None) -> None:
        self._database = database
        self._box = box
        self._variable = variable
        self._row: KeptSecret | None = None
        self._token: str | None = None
        self._problem: str | None = None

    async def load(self) -> None:
        """Open what is kept; one that does not open is told, and not used."""
        async with self._database.reading() as session:
            self._row = await session.get(KeptSecret, NAME)
        if self._row is None:
            return
        try:
            self._token = self._box.open(self._row.sealed, NAME)
        except SecretUnreadable as error:
            self._problem = error.detail
            logger.warning("The hub's token is not used: %s", error.detail)

    def current(self) -> str | None:
        """The token to show the hub; None leaves that to its client."""
        return None if self._variable is not None else self._token

    def show(self) -> HubTokenReply:
        """Where the token comes from."""
        saved = self._row is not None
        return HubTokenReply(
            source="environment" if self._variable else "saved" if saved else "none",
            variable=self._variable,
            updated_at=None if self._row is None else self._row.updated_at,
            problem=self._problem,
        )

    async def save(self, token: str) -> HubTokenReply:
        """Keep a token in place of any other; the next request uses it. Raises ``SettingFixed``."""
        self._require_free()
        row = KeptSecret(name=NAME, sealed=self._box.seal(token, NAME), updated_at=utc_now())
        async with self._database.writing() as session:
            await session.merge(row)
        self._row, self._token, self._problem = row, token, None
        return self.show()

    async def forget(self) -> None:
        """Delete it, if there is one. Raises ``SettingFixed``."""
        self._require_free()
        async with self._database.writing() as session:
            row = await session.get(KeptSecret, NAME)
            if row is not None:
                await session.delete(row)
        self._row = self._token = self._problem = None

    def _require_free(self) -> None:
        if self._variable is not None:
            raise SettingFixed(
                f"The hub's token is set by the environment ({self._variable}); take it out there "
                "to change it here. Nothing was changed."
            )
