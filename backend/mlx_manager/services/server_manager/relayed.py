"""A walk of the spine that another process makes: the same request there, the same events here."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any

from mlx_manager.mlx_server.core.events import (
    Finished,
    GenerationEvent,
    Logprobs,
    PromptProgress,
    Timing,
    Usage,
)
from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.core.record import RequestRecord
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.dialects.relay.events import error_of, read_line
from mlx_manager.mlx_server.dialects.relay.request import encode_request
from mlx_manager.mlx_server.errors import EngineFailed, Overloaded
from mlx_manager.services.server_manager.asking import Answer, NoAnswerError, Refused
from mlx_manager.services.server_manager.model_process import ModelProcess

RELAY_PATH = "/v1/relay"
RETRY_SECONDS = 2


@dataclass(slots=True)
class _Taken:
    """What the answer cost so far: exact at its end, at least that much before it."""

    read: int = 0
    total: int = 0
    fed: int = 0
    finished: Finished | None = None

    def note(self, event: GenerationEvent) -> None:
        match event:
            case PromptProgress():
                self.read, self.total = event.processed, event.total
            case Finished():
                self.finished = event
            case Logprobs():
                pass
            case _:  # a delta is a token or more
                self.read, self.fed = self.total, self.fed + 1

    def settle(self, request: GenerationRequest, record: RequestRecord) -> None:
        end = self.finished
        usage = end.usage if end else Usage(self.read, self.fed)
        read = 0 if request.repeats_prompt else usage.prompt_tokens
        request.principal.allowance.spend(usage.completion_tokens + read)
        record.count(request.prompt, usage, end.timing if end else Timing())


async def relayed(
    process: ModelProcess,
    name: str,
    request: GenerationRequest,
    record: RequestRecord,
    halt: Halt | None = None,
) -> AsyncGenerator[GenerationEvent, None]:
    """Answer ``request`` there, under the contract of ``generate``; ``name`` is what its model is
    called in messages. A process that dies or is stopped ends the answers it was giving, each with
    an error."""
    relay_id, taken = secrets.token_hex(16), _Taken()
    stop = _Stop(process, relay_id)
    began = False
    try:
        body = encode_request(request, relay_id)
        sent = process.lines(RELAY_PATH, body, request.request_id)
        async with contextlib.aclosing(sent) as lines:
            async for line in lines:
                if not began:
                    began = record.served = True
                    if halt is not None:
                        halt.listen(stop)
                if (event := read_line(line)) is not None:
                    taken.note(event)
                    yield event
    except Refused as refused:
        raise _error(refused.answer) from None
    except NoAnswerError as error:
        raise _lost(process, name, began) from error
    finally:
        taken.settle(request, record)
    if taken.finished is None:
        raise _lost(process, name, began)


async def asked_of(
    process: ModelProcess, name: str, path: str, body: Mapping[str, Any]
) -> dict[str, Any]:
    """A plain question there, and its reply's body. Raises as it would have been raised here."""
    try:
        answer = await process.ask(f"/v1{path}", dict(body))
    except NoAnswerError as error:
        raise _lost(process, name, began=False) from error
    if answer.status != 200:
        raise _error(answer)
    return answer.body


class _Stop:
    """Asks the process to end an answer, on a connection beside the answer's own."""

    def __init__(self, process: ModelProcess, relay_id: str) -> None:
        self._process = process
        self._path = f"{RELAY_PATH}/{relay_id}/halt"
        self._asking: asyncio.Task[None] | None = None

    def __call__(self) -> None:
        self._asking = self._asking or asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        # When it has died, the answer's own stream tells.
        with contextlib.suppress(NoAnswerError):
            await self._process.ask(self._path, {})


def _error(answer: Answer) -> Exception:
    """What the process refused with, as if it had been raised here."""
    told = answer.body.get("error")
    again = answer.headers.get("retry-after", "")
    return error_of(
        answer.status,
        told if isinstance(told, dict) else {},
        int(again) if again.isdigit() else None,
    )


def _lost(process: ModelProcess, name: str, began: bool) -> EngineFailed | Overloaded:
    how = "was stopped" if process.is_stopped else "ended"
    if began:
        return EngineFailed(
            f"The process that runs {name!r} {how} in the middle of this answer; no other model is "
            "affected. Ask again in a moment."
        )
    return Overloaded(
        f"The process that runs {name!r} {how} before it could answer. Ask again in a moment.",
        param="model",
        retry_after_seconds=RETRY_SECONDS,
    )
