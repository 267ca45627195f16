"""The hub's token as ``/api/settings/hub-token`` takes it; it is never shown again."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class HubTokenReply(BaseModel):
    """Where the token comes from: ``environment`` names its ``variable`` and cannot be changed
    here. ``none`` leaves it to ``hf auth login`` of the account that runs MLX Manager. ``problem``
    says why a saved one is not used."""

    source: Literal["environment", "saved", "none"]
    variable: str | None
    updated_at: datetime | None
    problem: str | None


class HubTokenChange(BaseModel):
    """A token of https://huggingface.co/settings/tokens; one that may read is enough."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[
        str,
        StringConstraints(min_length=1, max_length=512, pattern=r"^[!-~]+$"),
        Field(json_schema_extra={"writeOnly": True}),
    ]
