"""POST /responses/compact: a conversation made shorter, as the input of the next request."""

import asyncio
import time
from typing import Any

from fastapi import APIRouter, Request

from mlx_manager.mlx_server.api.body import read_json
from mlx_manager.mlx_server.api.caller import Caller
from mlx_manager.mlx_server.api.described import json_body
from mlx_manager.mlx_server.api.responses_context import continued, resolved
from mlx_manager.mlx_server.core.architecture import DEFAULT_CONTEXT_LENGTH
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.dialects.openai.validation import check, read_body
from mlx_manager.mlx_server.dialects.responses.compact import budget_characters, compacted
from mlx_manager.mlx_server.dialects.responses.ids import new_response_id
from mlx_manager.mlx_server.dialects.responses.input_items import read_items
from mlx_manager.mlx_server.dialects.responses.schema import ContextBody
from mlx_manager.mlx_server.errors import InvalidModel
from mlx_manager.mlx_server.models.access import check_access

router = APIRouter(tags=["responses"])

_NOTHING_GENERATED: dict[str, Any] = {
    "input_tokens": 0,
    "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
    "output_tokens": 0,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 0,
}


@router.post("/responses/compact", openapi_extra=json_body(ContextBody))
async def compact_response(request: Request, caller: Caller) -> dict[str, Any]:
    """System and developer messages and the last turns, within about half the model's context.

    No model is asked: what is kept is kept word for word, and the rest is left out.
    """
    body = read_body(ContextBody, await read_json(request))
    state = request.app.state
    compaction_id = new_response_id()
    history = await continued(state.responses, caller.scope, body.previous_response_id)
    given = read_items(await resolved(state.responses, caller.scope, body.input), compaction_id)
    check(
        bool(history) or bool(given),
        "'input' must be a string or a list with at least one item, or 'previous_response_id' "
        "must name a response.",
        "input",
    )
    check_access(caller, ModelId(body.model))
    info = await asyncio.to_thread(state.pool.find, ModelId(body.model))
    if info.problem is not None:
        raise InvalidModel(
            f"The model {body.model!r} cannot be served: {info.problem}.", param="model"
        )
    budget = budget_characters(info.context_length or DEFAULT_CONTEXT_LENGTH)
    return {
        "id": compaction_id,
        "object": "response.compaction",
        "created_at": int(time.time()),
        "output": compacted([*history, *given], budget),
        "usage": _NOTHING_GENERATED,
    }
