"""Messages behind the manager: where agents find them."""

import anthropic
import pytest

from tests.manager import Manager
from tests.mlx_server.conftest import MODEL

pytestmark = pytest.mark.anyio
ASKED = {"model": MODEL, "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}


async def test_an_agent_looks_whether_anybody_is_there_and_then_asks(manager: Manager) -> None:
    anyone = await manager.client()
    assert (await anyone.head("/")).status_code == 200
    reply = await anyone.post("/v1/messages?beta=true", json=ASKED)
    assert reply.status_code == 200
    assert reply.headers["request-id"] == reply.headers["x-request-id"]


async def test_the_sdk_is_told_the_managers_own_address(manager: Manager) -> None:
    async with anthropic.AsyncAnthropic(
        base_url=manager.url, auth_token="x", max_retries=0
    ) as client:
        message = await client.messages.create(
            model=MODEL, max_tokens=9, messages=[{"role": "user", "content": "Hi"}]
        )
        assert message.content[0].to_dict()["text"] == "Hello!"
        bad = client.with_options(auth_token="mlx-nobodys")
        with pytest.raises(anthropic.AuthenticationError, match="not valid"):
            await bad.messages.count_tokens(
                model=MODEL, messages=[{"role": "user", "content": "Hi"}]
            )


async def test_a_page_from_elsewhere_is_refused_in_anthropics_words(manager: Manager) -> None:
    anyone = await manager.client(origin="https://elsewhere.example")
    reply = await anyone.post("/v1/messages", json=ASKED)
    assert (reply.status_code, reply.json()["type"]) == (403, "error")
    assert reply.json()["error"]["type"] == "permission_error"
