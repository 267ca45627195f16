"""Folders as ``/api/chat`` shows and takes them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

FolderName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class FolderWrite(BaseModel):
    """A folder's name; one has no two folders of one name."""

    model_config = ConfigDict(extra="forbid")

    name: FolderName


class FolderReply(BaseModel):
    """One folder."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    created_at: datetime
