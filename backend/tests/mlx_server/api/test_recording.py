"""Each request is handed to the recorder once, when it is over."""

import json

import httpx
import pytest
from websockets.asyncio.client import connect

from mlx_manager.mlx_server.core.principal import LOCAL_OWNER
from mlx_manager.mlx_server.core.record import MOST_TEXT, RequestRecord
from mlx_manager.mlx_server.errors import EngineFailed
from tests.fakes.script import Fail, Forever, Script
from tests.mlx_server.api.requests import eventually
from tests.mlx_server.conftest import MODEL, Server

pytestmark = pytest.mark.anyio
MESSAGE = {"type": "response.create", "model": MODEL, "input": "Hi"}


class Book:
    """A recorder that keeps what it is given."""

    def __init__(self, *, keeps_text: bool = False) -> None:
        self.keeps_text = keeps_text
        self.records: list[RequestRecord] = []

    def record(self, record: RequestRecord) -> None:
        self.records.append(record)


@pytest.fixture
def book(server: Server) -> Book:
    server.app.state.recorder = Book()
    found: Book = server.app.state.recorder
    return found


async def test_each_message_on_a_socket_is_a_request(server: Server, book: Book) -> None:
    async with connect(f"{server.url.replace('http', 'ws')}/responses") as socket:
        for script in (Script.of("Hello"), Script.of("Hel", Fail(EngineFailed("boom")))):
            server.engine.default = script
            await socket.send(json.dumps(MESSAGE))
            while json.loads(await socket.recv())["type"] not in {
                "response.completed",
                "response.failed",
            }:
                pass
        await socket.send("nonsense")
        await socket.recv()
        server.engine.default = Script.of(Forever())
        await socket.send(json.dumps(MESSAGE))
        while "delta" not in json.loads(await socket.recv())["type"]:
            pass
    await eventually(lambda: len(book.records) == 4)
    told = [(each.method, each.status, each.error, each.served) for each in book.records]
    assert told == [
        ("WEBSOCKET", 200, None, True),
        ("WEBSOCKET", 500, "engine_failed", True),
        ("WEBSOCKET", 400, "invalid_request_error", False),
        ("WEBSOCKET", 499, None, True),
    ]
    assert len({each.request_id for each in book.records}) == 4
    assert all(each.principal is LOCAL_OWNER for each in book.records)
    assert all(each.usage.completion_tokens > 0 for each in book.records if each.served)


async def test_a_background_response_is_one_request_that_ends_with_it(
    server: Server, book: Book
) -> None:
    server.engine.default = Script.of(Forever())
    async with httpx.AsyncClient(base_url=server.url) as http:
        begun = {"model": MODEL, "input": "Hi", "background": True}
        response = (await http.post("/responses", json=begun)).json()
        await eventually(lambda: len(server.engine.streams) == 1)
        assert book.records == []
        await http.post(f"/responses/{response['id']}/cancel")
    await eventually(lambda: len(book.records) == 2)
    assert sorted(each.path for each in book.records) == [
        "/v1/responses",
        f"/v1/responses/{response['id']}/cancel",
    ]


async def test_text_is_kept_only_where_it_is_wanted_and_not_without_end(
    server: Server, book: Book
) -> None:
    body = {"model": MODEL, "messages": [{"role": "user", "content": "x" * MOST_TEXT}]}
    async with httpx.AsyncClient(base_url=server.url) as http:
        for wanted in (False, True):
            book.keeps_text = wanted
            await http.post("/chat/completions", json=body)
    assert [len(each.text or "") for each in book.records] == [0, MOST_TEXT]


async def test_an_app_without_a_recorder_answers_all_the_same(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url) as http:
        reply = await http.post("/completions", json={"model": MODEL, "prompt": "Hi"})
    assert reply.status_code == 200
