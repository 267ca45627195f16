"""2,025 real requests with something wrong with them: no 5xx, no hang, and errors one can read."""

import asyncio
import random
from collections import Counter

import httpx
import pytest

from tests.fuzz.bodies import ROUTES
from tests.fuzz.mutation import payload
from tests.fuzz.replies import check

pytestmark = pytest.mark.anyio
EACH = 225
AT_ONCE = 15
PATIENCE_SECONDS = 120
HEADERS = {"content-type": "application/json"}


@pytest.mark.parametrize("route", ROUTES)
async def test_a_mutated_request_is_answered_in_its_dialect(fuzzed_url: str, route: str) -> None:
    payloads = [payload(ROUTES[route], random.Random(f"{route} {at}")) for at in range(EACH)]
    left = iter(enumerate(payloads))
    statuses: Counter[int] = Counter()
    async with httpx.AsyncClient(base_url=f"{fuzzed_url}/v1", timeout=PATIENCE_SECONDS) as client:

        async def send_the_rest() -> None:
            for at, raw in left:
                reply = await client.post(route, content=raw, headers=HEADERS)
                statuses[reply.status_code] += 1
                try:
                    check(route, reply)
                except AssertionError as error:
                    error.add_note(f"request {at}: {raw.decode(errors='replace')[:3000]}")
                    raise

        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(send_the_rest())
        for body in ROUTES[route]:
            good = await client.post(route, json=body)
            assert good.status_code == 200, (body, good.text)
            check(route, good)
        health = (await client.get("/health")).json()
    assert sum(statuses.values()) == EACH
    assert min(statuses[200], statuses[400]) > EACH // 10, statuses
    assert health["status"] == "healthy", health
