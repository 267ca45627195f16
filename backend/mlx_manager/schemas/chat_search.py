"""What a search in one's chats finds."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from mlx_manager.schemas.message import Role


class SearchQuery(BaseModel):
    """Words, all of which must be there, the last as the beginning of one; words "in quotes" stand
    together."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(min_length=1, max_length=500)]
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str | None, Field(max_length=1000)] = None


class SnippetPart(BaseModel):
    """A piece of what was found; ``is_match`` where it is what was looked for."""

    text: str
    is_match: bool


class SearchHit(BaseModel):
    """A message, or with no ``message_id`` a conversation by its title."""

    conversation_id: str
    title: str
    message_id: str | None
    role: Role | None
    created_at: datetime
    snippet: list[SnippetPart]
