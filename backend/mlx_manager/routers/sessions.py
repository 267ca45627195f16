"""/api/auth/sessions: where one is signed in."""

from fastapi import APIRouter, Response

from mlx_manager.dependencies import After, CurrentSession, CurrentUser, Limit, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.page import Page
from mlx_manager.schemas.session import SessionReply

router = APIRouter(prefix="/api/auth/sessions", tags=["auth"], responses=error_replies(401))


@router.get("", responses=error_replies(400))
async def list_sessions(
    services: Services, signed_in: CurrentSession, after: After, limit: Limit = 50
) -> Page[SessionReply]:
    """One's own sessions that have not ended, in the order they began."""
    found = await services.people.sessions.list_sessions(signed_in.user.id, limit, after)
    return Page(
        items=[
            SessionReply(
                **row.model_dump(exclude={"user_id"}), current=row.id == signed_in.session_id
            )
            for row in found.items
        ],
        next_cursor=found.next_cursor,
    )


@router.delete("/{session_id}", status_code=204, responses=error_replies(404))
async def end_session(services: Services, user: CurrentUser, session_id: str) -> Response:
    """Sign one device out, at once. `POST /api/auth/logout` ends all sessions."""
    await services.people.sessions.end(user.id, session_id)
    return Response(status_code=204)
