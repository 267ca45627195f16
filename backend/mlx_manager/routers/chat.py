"""/api/chat/conversations: one's own chats."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from mlx_manager.db.conversations import Conversation
from mlx_manager.dependencies import After, CurrentUser, Limit, RequestName, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.routers.shown_branch import shown_branch, shown_message
from mlx_manager.schemas.conversation import (
    ConversationCreate,
    ConversationDetail,
    ConversationReply,
    ConversationUpdate,
    ConversationWhole,
)
from mlx_manager.schemas.message import (
    MessageCreate,
    MessageReply,
    PlacedMessage,
    ResultsCreate,
    ResultsReply,
    TurnReply,
)
from mlx_manager.schemas.page import Page
from mlx_manager.services.turn import Place

router = APIRouter(prefix="/api/chat/conversations", tags=["chat"], responses=error_replies(401))

WhichFolder = Annotated[
    str | None, Query(max_length=64, description="A folder's id, or `none` for chats in none.")
]


@router.get("", responses=error_replies(400))
async def list_conversations(
    services: Services,
    user: CurrentUser,
    after: After,
    limit: Limit = 50,
    folder: WhichFolder = None,
) -> Page[ConversationReply]:
    """One's chats, the latest first."""
    found = await services.chat.list_conversations(user.id, limit, after, folder)
    return Page(
        items=[ConversationReply.model_validate(row) for row in found.items],
        next_cursor=found.next_cursor,
    )


@router.post("", status_code=201, response_model=ConversationWhole, responses=error_replies(404))
async def create_conversation(
    services: Services, user: CurrentUser, body: ConversationCreate
) -> Conversation:
    """Begin a chat."""
    return await services.chat.create(user.id, body)


@router.get("/{conversation_id}", responses=error_replies(404))
async def read_conversation(
    services: Services, user: CurrentUser, conversation_id: str
) -> ConversationDetail:
    """A chat with the messages of the branch that is shown."""
    return shown_branch(await services.chat.branch(user.id, conversation_id))


@router.get(
    "/{conversation_id}/summary", response_model=ConversationReply, responses=error_replies(404)
)
async def read_summary(services: Services, user: CurrentUser, conversation_id: str) -> Conversation:
    """A chat as lists show it, however many messages it has."""
    return await services.chat.find(user.id, conversation_id)


@router.get("/{conversation_id}/messages", responses=error_replies(400, 404))
async def list_messages(
    services: Services, user: CurrentUser, conversation_id: str, after: After, limit: Limit = 50
) -> Page[PlacedMessage]:
    """The branch that is shown in pages, its last message first."""
    branch = await services.chat.page(user.id, conversation_id, limit, after)
    return Page(
        items=[shown_message(branch, message) for message in branch.messages],
        next_cursor=branch.next_cursor,
    )


@router.patch("/{conversation_id}", response_model=ConversationWhole, responses=error_replies(404))
async def update_conversation(
    services: Services, user: CurrentUser, conversation_id: str, body: ConversationUpdate
) -> Conversation:
    """Rename a chat, move it, or change what holds for its replies."""
    return await services.chat.update(user.id, conversation_id, body)


@router.delete("/{conversation_id}", status_code=204, responses=error_replies(404))
async def delete_conversation(
    services: Services, user: CurrentUser, conversation_id: str
) -> Response:
    """Delete a chat; what is being written in it is stopped."""
    await services.chat.delete(user.id, conversation_id)
    await services.replies.stop_conversation(conversation_id)
    return Response(status_code=204)


@router.post("/{conversation_id}/messages", status_code=202, responses=error_replies(404, 409, 503))
async def create_message(
    services: Services,
    user: CurrentUser,
    name: RequestName,
    conversation_id: str,
    body: MessageCreate,
) -> TurnReply:
    """Say something, or give a tool's result; the reply begins, and goes on without watchers."""
    follows = body.parent_id or Place.ACTIVE_LEAF
    turn = await services.replies.start(user, conversation_id, body, name, follows)
    return TurnReply(
        message=MessageReply.model_validate(turn.messages[0]),
        reply=MessageReply.model_validate(turn.reply),
    )


@router.post("/{conversation_id}/results", status_code=202, responses=error_replies(404, 409, 503))
async def create_results(
    services: Services,
    user: CurrentUser,
    name: RequestName,
    conversation_id: str,
    body: ResultsCreate,
) -> ResultsReply:
    """Give the results of several tool calls at once; one reply to all of them begins."""
    follows = body.parent_id or Place.ACTIVE_LEAF
    turn = await services.replies.start(user, conversation_id, body, name, follows)
    return ResultsReply(
        messages=[MessageReply.model_validate(each) for each in turn.messages],
        reply=MessageReply.model_validate(turn.reply),
    )
