"""Who may call ``/v1`` through the manager."""

import httpx
import pytest

from tests.conftest import Start
from tests.manager import Manager

pytestmark = pytest.mark.anyio
CHAT = "/v1/chat/completions"
BODY = {"model": "mlx-manager/guide", "messages": [{"role": "user", "content": "Hi"}]}
JWT_OF_NOBODY = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.AAAA"


async def status(client: httpx.AsyncClient, **headers: str) -> int:
    reply = await client.post(CHAT, json=BODY, headers=headers)
    if reply.status_code == 401:
        assert reply.json()["error"]["code"] == "invalid_api_key"
        assert reply.headers["www-authenticate"] == "Bearer"
    return reply.status_code


async def token_of(client: httpx.AsyncClient) -> str:
    return client.headers["authorization"].removeprefix("Bearer ")


@pytest.mark.parametrize(
    ("host", "required", "made_up"),
    [
        ("127.0.0.1", "auto", 200),
        ("localhost", "auto", 200),
        ("127.0.0.1", "never", 200),
        ("127.0.0.1", "always", 401),
        ("0.0.0.0", "auto", 401),
        ("0.0.0.0", "always", 401),
        ("0.0.0.0", "never", 200),
    ],
)
async def test_a_key_is_needed_where_others_can_reach_us(
    start: Start, host: str, required: str, made_up: int
) -> None:
    async with start(host=host, require_api_key=required) as manager:
        admin = await manager.administrator()
        anyone = await manager.client()
        assert await status(anyone) == made_up
        assert await status(anyone, authorization="Bearer x") == made_up
        assert await status(anyone, **{"x-api-key": "not-needed"}) == made_up
        assert await status(anyone, authorization="Bearer mlx-made-up") == 401
        assert await status(anyone, **{"x-api-key": "mlx-made-up"}) == 401
        assert await status(anyone, authorization=f"Bearer {JWT_OF_NOBODY}") == 401
        assert await status(admin) == 200
        token = await token_of(admin)
        assert await status(anyone, **{"x-api-key": token}) == 200
        await admin.post("/api/auth/logout")
        assert await status(admin) == 401


async def test_administration_is_for_administrators_and_the_owner_of_a_local_server(
    start: Start,
) -> None:
    route = "/v1/admin/status"
    async with start() as manager:
        admin = await manager.administrator()
        user = await manager.user(admin, "bob@example.com")
        anyone = await manager.client()
        statuses = [(await who.get(route)).status_code for who in (admin, user, anyone)]
        assert statuses == [200, 403, 200]
    async with start(host="0.0.0.0", require_api_key="never") as manager:
        anyone = await manager.client()
        assert (await anyone.get(route)).status_code == 403


async def test_callers_are_told_apart_for_the_prefix_cache(manager: Manager) -> None:
    admin = await manager.administrator()
    user = await manager.user(admin, "bob@example.com")
    for client in (admin, user, await manager.client()):
        assert await status(client) == 200
    scopes = [spec.scope for spec in manager.engine.specs]
    assert len(set(scopes)) == 3
    assert scopes[2] == "local"


async def test_the_name_of_a_request_is_the_same_in_both_halves(manager: Manager) -> None:
    anyone = await manager.client()
    reply = await anyone.post(CHAT, json=BODY, headers={"x-request-id": "trace-7"})
    assert reply.headers.get_list("x-request-id") == ["trace-7"]
