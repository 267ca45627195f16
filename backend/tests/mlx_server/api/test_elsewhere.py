"""A request that somebody else answers looks like any other, in every dialect."""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from mlx_manager.mlx_server.core.elsewhere import Here, Nested, Nowhere, OfferedModel, Walk
from mlx_manager.mlx_server.core.events import Finished, FinishReason, TextDelta, Usage
from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.principal import LOCAL_OWNER, Principal
from mlx_manager.mlx_server.core.record import current_record
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.errors import ModelNotFound
from tests.mlx_server.conftest import MODEL, Server

pytestmark = pytest.mark.anyio

FAR = ModelId("far/away")


class Faraway:
    """Answers for ``FAR``, and for what is not found here."""

    def answer(self, request: GenerationRequest, here: Here, halt: Halt | None) -> Walk | None:
        del halt
        return _far(request) if request.model == FAR else _near_or_far(request, here)

    def models(self, caller: Principal) -> Sequence[OfferedModel]:
        del caller
        return (OfferedModel(FAR, owned_by="far"),)


async def _far(request: GenerationRequest) -> Walk:
    current_record().place = "the far side"
    yield TextDelta(f"From afar: {request.model}")
    yield Finished(FinishReason.STOP, Usage(3, 2))


async def _near_or_far(request: GenerationRequest, here: Here) -> Walk:
    try:
        async for event in here():
            yield event
    except ModelNotFound:
        async for event in _far(request):
            yield event


def bodies(model: str) -> dict[str, dict[str, Any]]:
    turn = [{"role": "user", "content": "Hi"}]
    return {
        "/chat/completions": {"model": model, "messages": turn},
        "/completions": {"model": model, "prompt": "Hi", "echo": True},
        "/messages": {"model": model, "messages": turn, "max_tokens": 9},
        "/responses": {"model": model, "input": "Hi"},
    }


@pytest.fixture
async def http(server: Server) -> Any:
    server.app.state.elsewhere = Faraway()
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        yield client


@pytest.mark.parametrize("route", bodies(FAR))
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", [FAR, "nobody/knows"])
async def test_every_dialect_is_answered_from_elsewhere_and_says_so(
    http: httpx.AsyncClient, route: str, stream: bool, model: str
) -> None:
    reply = await http.post(route, json={**bodies(model)[route], "stream": stream})
    assert reply.status_code == 200, reply.text
    assert f"From afar: {model}" in reply.text
    assert reply.headers["x-served-by"] == "the far side"


@pytest.mark.parametrize("route", bodies(MODEL))
async def test_what_is_left_to_this_process_names_no_other(
    http: httpx.AsyncClient, route: str
) -> None:
    reply = await http.post(route, json=bodies(MODEL)[route])
    assert reply.status_code == 200, reply.text
    assert "Hello!" in reply.text
    assert "x-served-by" not in reply.headers


async def test_a_background_response_is_begun_for_a_model_that_is_elsewhere(
    http: httpx.AsyncClient,
) -> None:
    body = {"model": FAR, "input": "Hi", "background": True, "stream": True}
    reply = await http.post("/responses", json=body)
    assert "From afar" in reply.text


async def test_models_elsewhere_are_listed_and_found(http: httpx.AsyncClient) -> None:
    listed = (await http.get("/models")).json()["data"]
    assert [model["owned_by"] for model in listed if model["id"] == FAR] == ["far"]
    assert (await http.get(f"/models/{FAR}")).json()["id"] == FAR
    assert (await http.get("/models/nobody/knows")).status_code == 404


def test_of_two_the_outer_decides_and_leaves_the_rest_to_the_inner() -> None:
    def here() -> Walk:
        raise AssertionError("nobody asked for it")

    request = GenerationRequest(RequestId("r"), FAR, LOCAL_OWNER, text="Hi")
    for nested in (Nested(Nowhere(), Faraway()), Nested(Faraway(), Nowhere())):
        assert nested.answer(request, here, None) is not None
        assert [model.id for model in nested.models(LOCAL_OWNER)] == [FAR]
    assert Nested(Nowhere(), Nowhere()).answer(request, here, None) is None
