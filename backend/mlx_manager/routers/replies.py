"""/api/chat/messages: watching and stopping a reply."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from fastapi import APIRouter
from sse_starlette import EventSourceResponse, ServerSentEvent

from mlx_manager.db.messages import Message
from mlx_manager.dependencies import CurrentUser, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.message import MessageReply
from mlx_manager.schemas.reply_event import ReplyEvent

router = APIRouter(prefix="/api/chat/messages", tags=["chat"], responses=error_replies(401, 404))

KEEP_ALIVE_SECONDS = 15


@router.get(
    "/{reply_id}/events",
    response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Its events."}},
)
async def watch_reply(services: Services, user: CurrentUser, reply_id: str) -> EventSourceResponse:
    """A reply as it is written: ``snapshot``, then deltas, then ``done``."""
    events = await services.replies.watch(user, reply_id)
    return EventSourceResponse(_frames(events), ping=KEEP_ALIVE_SECONDS, sep="\n")


@router.post("/{reply_id}/stop", response_model=MessageReply)
async def stop_reply(services: Services, user: CurrentUser, reply_id: str) -> Message:
    """End a reply; what it says so far is kept."""
    return await services.replies.stop(user, reply_id)


async def _frames(events: AsyncGenerator[ReplyEvent, None]) -> AsyncIterator[ServerSentEvent]:
    async with aclosing(events):
        async for event in events:
            yield ServerSentEvent(
                event.model_dump_json(exclude_none=event.event == "tool_call"),
                event=event.event,
                sep="\n",
            )
