"""Events of the spine -> the reply object and the typed events that tell how it grew.

Streamed, whole, in the background and over a socket, every answer is written here.
"""

import time
from typing import Any

from mlx_manager.mlx_server.core.events import (
    Finished,
    FinishReason,
    GenerationEvent,
    Logprobs,
    PromptProgress,
    ReasoningDelta,
    SpokenLogprob,
    TextDelta,
    ToolCallDelta,
)
from mlx_manager.mlx_server.dialects.responses.decode import ResponseCall
from mlx_manager.mlx_server.dialects.responses.ids import output_item_id
from mlx_manager.mlx_server.dialects.responses.output_items import (
    OpenCall,
    OpenItem,
    OpenMessage,
    OpenReasoning,
    Place,
)
from mlx_manager.mlx_server.dialects.responses.reply import told_error, told_usage
from mlx_manager.mlx_server.dialects.responses.stream_event import EventLog, StreamEvent
from mlx_manager.mlx_server.errors import InferenceError


class ResponseWriter:
    """Writes one response. Every verb returns the events it caused.

    ``progress`` is how much of the prompt is done while nothing has been said.
    """

    def __init__(self, call: ResponseCall) -> None:
        self.progress: PromptProgress | None = None
        self.finished: Finished | None = None
        self._shown = call.shown
        self._body = dict(call.blank)
        self._log = EventLog()
        self._items: list[dict[str, Any]] = []
        self._open: OpenItem | None = None
        self._call_index = -1
        self._logprobs: list[SpokenLogprob] = []
        self._begun = False
        self._created = False

    @property
    def body(self) -> dict[str, Any]:
        """The reply object as it is now."""
        output = list(self._items)
        if self._open is not None:
            output.append(self._open.told("in_progress"))
        return {**self._body, "output": output}

    def queue(self) -> list[StreamEvent]:
        """It waits for its turn in the background."""
        self._body["status"] = "queued"
        self._create()
        self._log.add("response.queued", response=self.body)
        return self._log.take()

    def begin(self) -> list[StreamEvent]:
        """The engine has taken it."""
        self._body["status"] = "in_progress"
        self._create()
        if not self._begun:
            self._begun = True
            self._log.add("response.in_progress", response=self.body)
        return self._log.take()

    def write(self, event: GenerationEvent) -> list[StreamEvent]:
        """Take one event of the spine; the first also begins the response."""
        fresh = [] if self._begun else self.begin()
        match event:
            case TextDelta(text=text):
                self._message().feed(text, self._taken_logprobs())
            case ReasoningDelta(text=text):
                self._reasoning().feed(text)
            case ToolCallDelta():
                self._call(event)
            case Logprobs(entries=entries):
                if self._shown.logprobs:
                    self._logprobs.extend(entries)
            case PromptProgress():
                self.progress = event
            case Finished():
                self._finish(event)
        return [*fresh, *self._log.take()]

    def prepared(self) -> list[StreamEvent]:
        """The end of a request that wanted no answer, only its conversation kept."""
        fresh = self.begin()
        self._end("completed", "response.completed")
        return [*fresh, *self._log.take()]

    def fail(self, error: InferenceError) -> list[StreamEvent]:
        """The end of a response that cannot go on."""
        fresh = self.begin()
        self._close("incomplete")
        told = told_error(error)
        self._body["error"] = told
        self._log.add("error", code=told["code"], message=error.message, param=error.param)
        self._end("failed", "response.failed")
        return [*fresh, *self._log.take()]

    def cancel(self) -> None:
        """The end of a response that nobody wants any more; there is no event for it."""
        self._close("incomplete")
        self._body["status"] = "cancelled"
        self._log.take()

    def _create(self) -> None:
        if not self._created:
            self._created = True
            self._log.add("response.created", response=self.body)

    def _finish(self, finished: Finished) -> None:
        self.finished = finished
        cut_short = finished.reason is FinishReason.LENGTH
        status = "incomplete" if cut_short else "completed"
        if not self._items and self._open is None:
            self._message()  # a model that says nothing has answered all the same
        self._close(status)
        self._body["usage"] = told_usage(finished)
        if cut_short:
            self._body["incomplete_details"] = {"reason": "max_output_tokens"}
        self._end(status, f"response.{status}")

    def _end(self, status: str, kind: str) -> None:
        self._body["status"] = status
        if status == "completed":
            self._body["completed_at"] = int(time.time())
        self._log.add(kind, is_last=True, response=self.body)

    def _message(self) -> OpenMessage:
        if not isinstance(self._open, OpenMessage):
            self._close("completed")
            self._open = OpenMessage(self._place("msg"))
        return self._open

    def _reasoning(self) -> OpenReasoning:
        if not isinstance(self._open, OpenReasoning):
            self._close("completed")
            self._open = OpenReasoning(
                self._place("rs"), summary=self._shown.summary, sealed=self._shown.sealed
            )
        return self._open

    def _call(self, delta: ToolCallDelta) -> None:
        if delta.index != self._call_index or not isinstance(self._open, OpenCall):
            self._close("completed")
            self._call_index = delta.index
            self._open = OpenCall(self._place("fc"), call_id=delta.id or "", name=delta.name or "")
        if delta.arguments:
            self._open.feed(delta.arguments)

    def _place(self, prefix: str) -> Place:
        index = len(self._items)
        return Place(self._log, output_item_id(prefix, self._body["id"], index), index)

    def _close(self, status: str) -> None:
        if self._open is not None:
            self._open.close(status)
            self._items.append(self._open.told(status))
            self._open = None

    def _taken_logprobs(self) -> list[SpokenLogprob]:
        taken, self._logprobs = self._logprobs, []
        return taken
