"""Typed events as server-sent events; the stream ends with ``[DONE]``, as Open Responses asks."""

from mlx_manager.mlx_server.dialects.openai.frames import DONE, error_event, progress_comment
from mlx_manager.mlx_server.dialects.responses.stream_event import StreamEvent
from mlx_manager.mlx_server.dialects.responses.writer import ResponseWriter
from mlx_manager.mlx_server.errors import InferenceError


class ResponseFrames:
    """Encodes one stream; what it waits for it learns from the writer."""

    def __init__(self, writer: ResponseWriter) -> None:
        self._writer = writer

    def encode(self, event: StreamEvent) -> bytes:
        """One event by its name, ready to send."""
        frame = f"event: {event.type}\ndata: {event.text}\n\n".encode()
        return frame + DONE if event.is_last else frame

    def keep_alive(self) -> bytes:
        """A comment for a client that waits."""
        return progress_comment(self._writer.progress)

    def error(self, error: InferenceError) -> bytes:
        """A fault outside the response itself, whose own are told by its events."""
        return error_event(error)
