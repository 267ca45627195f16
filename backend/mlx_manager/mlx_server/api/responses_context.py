"""A body and the responses it continues -> one call, ready for the spine."""

from collections.abc import Iterable, Mapping
from typing import Any

from mlx_manager.mlx_server.core.ids import RequestId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.response_store import ResponseStore, StoredResponse
from mlx_manager.mlx_server.dialects.openai.validation import read_body
from mlx_manager.mlx_server.dialects.responses.decode import (
    Conversation,
    ResponseCall,
    decode_response,
)
from mlx_manager.mlx_server.dialects.responses.ids import new_response_id, response_of
from mlx_manager.mlx_server.dialects.responses.input_items import Item, is_reference, read_items
from mlx_manager.mlx_server.dialects.responses.reply import told_defaults
from mlx_manager.mlx_server.dialects.responses.schema import ResponseBody
from mlx_manager.mlx_server.errors import BadRequest
from mlx_manager.mlx_server.models.profiles import Profiles

UNFINISHED = ("queued", "in_progress")


class PreviousResponseNotFound(BadRequest):
    """``previous_response_id`` names nothing that this caller has."""

    code = "previous_response_not_found"


async def prepare(
    raw: Mapping[str, Any],
    *,
    store: ResponseStore,
    profiles: Profiles,
    request_id: RequestId,
    caller: Principal,
) -> ResponseCall:
    """Read a body, with its history and what it refers to. Raises ``BadRequest``."""
    body = read_body(ResponseBody, raw)
    response_id = new_response_id()
    history = await continued(store, caller.scope, body.previous_response_id)
    given = await resolved(store, caller.scope, body.input)
    call = decode_response(
        body,
        Conversation(history, read_items(given, response_id)),
        response_id=response_id,
        request_id=request_id,
        caller=caller,
    )
    if profiles.find(call.request.model) is not None:
        call.blank.update(told_defaults(profiles.applied(call.request)))
    return call


async def continued(store: ResponseStore, owner: str, previous_id: str | None) -> list[Item]:
    """All items up to the end of a response; none for no response. Raises ``BadRequest``."""
    if previous_id is None:
        return []
    lineage = await store.lineage(owner, previous_id)
    if not lineage:
        raise PreviousResponseNotFound(
            f"Previous response with id '{previous_id[:100]}' not found. It was never stored, or "
            "it has been deleted; leave 'previous_response_id' out and send the whole "
            "conversation as 'input'.",
            param="previous_response_id",
        )
    if lineage[-1].status in UNFINISHED:
        raise BadRequest(
            f"The response '{previous_id}' is still being written. Wait for its end, or cancel it.",
            param="previous_response_id",
        )
    if lineage[0].previous_id is not None:
        raise PreviousResponseNotFound(
            f"The response '{previous_id}' continues '{lineage[0].previous_id}', which has been "
            "deleted. Send the whole conversation as 'input'.",
            param="previous_response_id",
        )
    return items_of(lineage)


def items_of(lineage: Iterable[StoredResponse]) -> list[Item]:
    """What went in and came out of each, in order."""
    return [item for stored in lineage for item in (*stored.input_items, *stored.body["output"])]


async def resolved(store: ResponseStore, owner: str, given: Any) -> Any:
    """An input with the items it refers to in the places of the references."""
    if not isinstance(given, list):
        return given
    return [
        await _referred(store, owner, item["id"], f"input[{at}].id") if is_reference(item) else item
        for at, item in enumerate(given)
    ]


async def _referred(store: ResponseStore, owner: str, item_id: str, param: str) -> Item:
    response_id = response_of(item_id)
    stored = None if response_id is None else await store.get(owner, response_id)
    for item in items_of([stored] if stored is not None else []):
        if item["id"] == item_id:
            return item
    raise BadRequest(
        f"{param}: there is no item with id '{item_id[:100]}'. It was never stored, or its "
        "response has been deleted; send the item itself.",
        param=param,
    )
