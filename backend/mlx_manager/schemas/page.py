"""Lists that are read in pages."""

from typing import Generic, TypeVar

from pydantic import BaseModel

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """Some items; ``next_cursor`` asks for those after them and is null at the end."""

    items: list[Item]
    next_cursor: str | None
