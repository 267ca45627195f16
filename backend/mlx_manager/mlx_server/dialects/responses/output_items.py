"""The items of an answer while they are being written: each tells its own events."""

from collections.abc import Sequence
from typing import Any, Protocol

from mlx_manager.mlx_server.core.events import SpokenLogprob
from mlx_manager.mlx_server.dialects.responses.input_items import seal
from mlx_manager.mlx_server.dialects.responses.stream_event import EventLog

_LEAST_LOGPROB = -9999.0
"""JSON has no infinity; OpenAI writes this for a token that could not be said."""


class OpenItem(Protocol):
    """What every kind can do: say what it is now, and end."""

    def told(self, status: str) -> dict[str, Any]: ...
    def close(self, status: str) -> None: ...


class Place:
    """Where an item stands: its id, its index in the output, and the log its events go to."""

    def __init__(self, log: EventLog, item_id: str, index: int) -> None:
        self.item_id = item_id
        self._log = log
        self._index = index

    def tell(self, kind: str, **fields: Any) -> None:
        """An event of this item."""
        self._log.add(kind, item_id=self.item_id, output_index=self._index, **fields)

    def tell_item(self, kind: str, item: dict[str, Any]) -> None:
        """An event that carries the whole item."""
        self._log.add(kind, output_index=self._index, item=item)


class OpenMessage:
    """Text for the reader."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._text: list[str] = []
        self._logprobs: list[dict[str, Any]] = []
        place.tell_item("response.output_item.added", {**self.told("in_progress"), "content": []})
        place.tell("response.content_part.added", content_index=0, part=self._part())

    def feed(self, text: str, logprobs: Sequence[SpokenLogprob]) -> None:
        """More text, and how likely its tokens were where that was asked for."""
        self._text.append(text)
        entries = [logprob_body(entry) for entry in logprobs]
        self._logprobs.extend(entries)
        self._place.tell(
            "response.output_text.delta", content_index=0, delta=text, logprobs=entries
        )

    def told(self, status: str) -> dict[str, Any]:
        """The item as it is now."""
        return {
            "id": self._place.item_id,
            "type": "message",
            "status": status,
            "role": "assistant",
            "content": [self._part()],
        }

    def close(self, status: str) -> None:
        """The end of the text, of its part and of the item."""
        part = self._part()
        self._place.tell(
            "response.output_text.done",
            content_index=0,
            text=part["text"],
            logprobs=part["logprobs"],
        )
        self._place.tell("response.content_part.done", content_index=0, part=part)
        self._place.tell_item("response.output_item.done", self.told(status))

    def _part(self) -> dict[str, Any]:
        return {
            "type": "output_text",
            "annotations": [],
            "logprobs": list(self._logprobs),
            "text": "".join(self._text),
        }


class OpenReasoning:
    """What the model thinks. ``summary``: told as a summary too, which is what many clients show;
    a local model's reasoning is short and its own, so the summary is all of it."""

    def __init__(self, place: Place, *, summary: bool, sealed: bool) -> None:
        self._place = place
        self._summary = summary
        self._sealed = sealed
        self._text: list[str] = []
        place.tell_item(
            "response.output_item.added",
            {**self.told("in_progress"), "summary": [], "content": []},
        )
        if summary:
            place.tell(
                "response.reasoning_summary_part.added",
                summary_index=0,
                part={"type": "summary_text", "text": ""},
            )
        else:
            part = {"type": "reasoning_text", "text": ""}
            place.tell("response.content_part.added", content_index=0, part=part)

    def feed(self, text: str) -> None:
        """More reasoning."""
        self._text.append(text)
        if self._summary:
            kind, index = "response.reasoning_summary_text.delta", {"summary_index": 0}
        else:
            kind, index = "response.reasoning_text.delta", {"content_index": 0}
        self._place.tell(kind, **index, delta=text)

    def told(self, status: str) -> dict[str, Any]:
        """The item as it is now."""
        text = "".join(self._text)
        item: dict[str, Any] = {
            "id": self._place.item_id,
            "type": "reasoning",
            "status": status,
            "summary": [{"type": "summary_text", "text": text}] if self._summary else [],
            "content": [{"type": "reasoning_text", "text": text}],
        }
        if self._sealed:
            item["encrypted_content"] = seal(text)
        return item

    def close(self, status: str) -> None:
        """The end of the text, of its part and of the item."""
        text = "".join(self._text)
        if self._summary:
            part = {"type": "summary_text", "text": text}
            self._place.tell("response.reasoning_summary_text.done", summary_index=0, text=text)
            self._place.tell("response.reasoning_summary_part.done", summary_index=0, part=part)
        else:
            part = {"type": "reasoning_text", "text": text}
            self._place.tell("response.reasoning_text.done", content_index=0, text=text)
            self._place.tell("response.content_part.done", content_index=0, part=part)
        self._place.tell_item("response.output_item.done", self.told(status))


class OpenCall:
    """A call of a function."""

    def __init__(self, place: Place, *, call_id: str, name: str) -> None:
        self._place = place
        self._call_id = call_id
        self._name = name
        self._arguments: list[str] = []
        place.tell_item("response.output_item.added", self.told("in_progress"))

    def feed(self, arguments: str) -> None:
        """More of the arguments' JSON text."""
        self._arguments.append(arguments)
        self._place.tell("response.function_call_arguments.delta", delta=arguments)

    def told(self, status: str) -> dict[str, Any]:
        """The item as it is now."""
        return {
            "id": self._place.item_id,
            "type": "function_call",
            "status": status,
            "call_id": self._call_id,
            "name": self._name,
            "arguments": "".join(self._arguments),
        }

    def close(self, status: str) -> None:
        """The end of the arguments and of the item."""
        arguments = "".join(self._arguments)
        self._place.tell(
            "response.function_call_arguments.done", name=self._name, arguments=arguments
        )
        self._place.tell_item("response.output_item.done", self.told(status))


def logprob_body(entry: SpokenLogprob) -> dict[str, Any]:
    """A token's log-probability and those of the tokens in its place."""
    return {**_likelihood(entry), "top_logprobs": [_likelihood(other) for other in entry.top]}


def _likelihood(entry: SpokenLogprob) -> dict[str, Any]:
    logprob = max(entry.logprob, _LEAST_LOGPROB)
    return {"token": entry.text, "bytes": list(entry.bytes), "logprob": logprob}
