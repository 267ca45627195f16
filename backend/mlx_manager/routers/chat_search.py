"""/api/chat/search: finding what was said."""

from typing import Annotated

from fastapi import APIRouter, Query

from mlx_manager.dependencies import CurrentUser, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.chat_search import SearchHit, SearchQuery
from mlx_manager.schemas.page import Page

router = APIRouter(prefix="/api/chat/search", tags=["chat"], responses=error_replies(401))


@router.get("", responses=error_replies(400))
async def search_chats(
    services: Services, user: CurrentUser, wanted: Annotated[SearchQuery, Query()]
) -> Page[SearchHit]:
    """Messages and titles of one's own with all the words, the best first.

    To show a message that is found, show its branch first: it may be on another one.
    """
    found = await services.chat_rooms.search.find(user.id, wanted)
    return Page(items=list(found.items), next_cursor=found.next_cursor)
