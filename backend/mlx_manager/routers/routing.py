"""/api/routing: which requests go to other servers; for administrators."""

from fastapi import APIRouter, Response

from mlx_manager.dependencies import AdminUser, After, Limit, Services
from mlx_manager.routers.error_replies import error_replies
from mlx_manager.schemas.page import Page
from mlx_manager.schemas.routing import (
    RouteAnswer,
    RouteQuestion,
    RuleFields,
    RuleOrder,
    RuleReply,
)

router = APIRouter(prefix="/api/routing", tags=["routing"], responses=error_replies(401, 403))


@router.get("/rules", responses=error_replies(400))
async def list_rules(
    services: Services, admin: AdminUser, after: After, limit: Limit = 200
) -> Page[RuleReply]:
    """All rules; the first that fits a request decides where it goes."""
    del admin
    found = services.routing.rules.list_rules(limit, after)
    return Page(items=list(found.items), next_cursor=found.next_cursor)


@router.post("/rules", status_code=201, responses=error_replies(409))
async def create_rule(services: Services, admin: AdminUser, body: RuleFields) -> RuleReply:
    """Add a rule after all others. Rules are followed while the setting `routing_enabled` is on;
    users and keys that are `local_only` are never routed."""
    del admin
    return await services.routing.rules.create(body)


@router.put("/rules/{rule_id}", responses=error_replies(404, 409))
async def replace_rule(
    services: Services, admin: AdminUser, rule_id: str, body: RuleFields
) -> RuleReply:
    """Put another rule in the place of one."""
    del admin
    return await services.routing.rules.replace(rule_id, body)


@router.delete("/rules/{rule_id}", status_code=204, responses=error_replies(404))
async def delete_rule(services: Services, admin: AdminUser, rule_id: str) -> Response:
    """Forget a rule."""
    del admin
    await services.routing.rules.delete(rule_id)
    return Response(status_code=204)


@router.put("/order", status_code=204, responses=error_replies(409))
async def order_rules(services: Services, admin: AdminUser, body: RuleOrder) -> Response:
    """Put all rules into another order."""
    del admin
    await services.routing.rules.reorder(body.ids)
    return Response(status_code=204)


@router.post("/test", responses=error_replies(404))
async def where_would_this_go(
    services: Services, admin: AdminUser, body: RouteQuestion
) -> RouteAnswer:
    """Where a request would go at this moment, without making it."""
    del admin
    return await services.routing.rules.ask(body)
