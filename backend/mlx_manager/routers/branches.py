"""/api/chat/messages: other versions of a message, and which branch is shown."""

from fastapi import APIRouter, Response

from mlx_manager.dependencies import CurrentUser, RequestName, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.routers.shown_branch import shown_branch
from mlx_manager.schemas.conversation import ConversationDetail
from mlx_manager.schemas.message import (
    AgainReply,
    MessageEdit,
    MessageReply,
    ReplyAgain,
    TurnReply,
)

router = APIRouter(prefix="/api/chat/messages", tags=["chat"], responses=error_replies(401, 404))


@router.post("/{message_id}/edit", status_code=202, responses=error_replies(409, 503))
async def edit_message(
    services: Services,
    user: CurrentUser,
    name: RequestName,
    message_id: str,
    body: MessageEdit,
) -> TurnReply:
    """Say something else in a message's place: a new branch, whose reply begins."""
    turn = await services.branches.edit(user, message_id, body, name)
    return TurnReply(
        message=MessageReply.model_validate(turn.messages[0]),
        reply=MessageReply.model_validate(turn.reply),
    )


@router.post("/{message_id}/regenerate", status_code=202, responses=error_replies(409, 503))
async def regenerate_reply(
    services: Services,
    user: CurrentUser,
    name: RequestName,
    message_id: str,
    body: ReplyAgain,
) -> AgainReply:
    """Another reply in a reply's place, as a new branch; to any other message, a reply."""
    turn = await services.branches.reply_again(user, message_id, body, name)
    return AgainReply(reply=MessageReply.model_validate(turn.reply))


@router.post("/{reply_id}/compare", status_code=202, responses=error_replies(409, 503))
async def compare_reply(
    services: Services,
    user: CurrentUser,
    name: RequestName,
    reply_id: str,
    body: ReplyAgain,
) -> AgainReply:
    """Another reply beside a reply, even while that is being written. Both are shown until one of
    them is chosen with `show`, or the conversation goes on."""
    turn = await services.branches.compare(user, reply_id, body, name)
    return AgainReply(reply=MessageReply.model_validate(turn.reply))


@router.post("/{message_id}/show")
async def show_branch(services: Services, user: CurrentUser, message_id: str) -> ConversationDetail:
    """Show the newest branch through a message from now on; the conversation as it then is."""
    message = await services.branches.show(user, message_id)
    return shown_branch(await services.chat.branch(user.id, message.conversation_id))


@router.delete("/{message_id}", status_code=204)
async def delete_branch(services: Services, user: CurrentUser, message_id: str) -> Response:
    """Delete a message and all that follow it; a reply that is being written there is stopped."""
    await services.branches.delete(user, message_id)
    return Response(status_code=204)
