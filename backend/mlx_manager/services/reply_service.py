"""The replies that the server is writing: they go on whoever watches, and end once."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator

from mlx_manager.db.messages import Message
from mlx_manager.db.users import User
from mlx_manager.errors import ReplyRunning, ShuttingDown
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.record import current_record
from mlx_manager.mlx_server.core.request import GenerationRequest, SamplingParams
from mlx_manager.mlx_server.errors import InferenceError
from mlx_manager.schemas.message import MessageError, MessageReply, MessageStatus
from mlx_manager.schemas.reply_event import DoneEvent, ReplyEvent, SnapshotEvent
from mlx_manager.services.chat_service import ChatService, Follows, NewTurn, Place, Turn
from mlx_manager.services.inference import Inference
from mlx_manager.services.reply_prompt import reply_request
from mlx_manager.services.running_reply import RunningReply
from mlx_manager.services.sampling_defaults import sampling_defaults
from mlx_manager.services.v1_authenticator import user_principal

logger = logging.getLogger(__name__)
CHECKPOINT_SECONDS = 2.0
STOP_SECONDS = 2.0
"""How long a stopped reply may take to say what it took: a step, and a long one of a prompt."""


class ReplyService:
    """Starts, shows and stops replies; at most one runs in a conversation."""

    def __init__(self, chat: ChatService, inference: Inference) -> None:
        self._chat = chat
        self._inference = inference
        self._starting: set[str] = set()
        self._running: dict[str, RunningReply] = {}
        self._writers: dict[str, asyncio.Task[None]] = {}
        self._closing = False

    @property
    def running_count(self) -> int:
        """How many replies are being written."""
        return len(self._running)

    def running_in(self, conversation_id: str) -> str | None:
        """The reply that is being written in a conversation, by its id."""
        reply = self._running.get(conversation_id)
        return None if reply is None else reply.message.id

    async def start(
        self,
        user: User,
        conversation_id: str,
        create: NewTurn,
        request_id: str,
        follows: Follows = Place.ACTIVE_LEAF,
    ) -> Turn:
        """Keep a turn after the message that it ``follows`` and begin the reply to it.

        Raises ``NotFound``, ``ReplyRunning``, ``UnknownToolCall`` or ``ShuttingDown``.
        """
        if self._closing:
            raise ShuttingDown("The server is shutting down; try again when it is back.")
        await self._chat.find(user.id, conversation_id)
        if conversation_id in self._starting or conversation_id in self._running:
            raise ReplyRunning("A reply is still being written; wait for its end or stop it.")
        current_record().keep_text("\n".join(said.content for said in create.said))
        self._starting.add(conversation_id)
        try:
            turn = await self._chat.begin_turn(user.id, conversation_id, create, follows)
            defaults = await asyncio.to_thread(self._defaults_of, turn.model)
            request = reply_request(create, turn, user_principal(user), request_id, defaults)
            self._begin(turn, user, request)
        finally:
            self._starting.discard(conversation_id)
        return turn

    async def watch(self, user: User, reply_id: str) -> AsyncGenerator[ReplyEvent, None]:
        """The events of a reply, running or long finished. Raises ``NotFound``."""
        # Running ones first: what is not found there has been kept by the time it is read.
        if (reply := self._find_running(user, reply_id)) is not None:
            return reply.watch()
        return _finished(await self._chat.find_message(user.id, reply_id))

    async def stop(self, user: User, reply_id: str) -> Message:
        """End a reply, keeping its text; one that has ended stays as it is. Raises ``NotFound``."""
        if (reply := self._find_running(user, reply_id)) is not None:
            await self.stop_conversation(reply.message.conversation_id)
        return await self._chat.find_message(user.id, reply_id)

    async def stop_conversation(self, conversation_id: str) -> None:
        """End the conversation's reply, if one runs, and wait until it is kept."""
        if (reply := self._running.get(conversation_id)) is not None:
            writer = self._writers[conversation_id]
            reply.stop()
            if (await asyncio.wait({writer}, timeout=STOP_SECONDS))[1]:
                reply.abort()
                await asyncio.wait({writer})

    async def stop_user(self, user_id: str) -> None:
        """End every reply of one user."""
        theirs = [key for key, reply in self._running.items() if reply.user_id == user_id]
        for conversation_id in theirs:
            await self.stop_conversation(conversation_id)

    async def close(self) -> None:
        """Begin nothing more, and end everything that runs; watchers get their ``done``."""
        self._closing = True
        for reply in self._running.values():
            reply.abort()
        if self._writers:
            await asyncio.wait(set(self._writers.values()))

    def _defaults_of(self, model: ModelId) -> SamplingParams:
        try:
            return sampling_defaults(self._inference.locate(model))
        except InferenceError:
            return SamplingParams()  # the walk will say what is wrong with the model

    def _find_running(self, user: User, reply_id: str) -> RunningReply | None:
        for reply in self._running.values():
            if reply.message.id == reply_id and reply.user_id == user.id:
                return reply
        return None

    def _begin(self, turn: Turn, user: User, request: GenerationRequest) -> None:
        conversation_id = turn.reply.conversation_id
        # Its own row: the answer to the request that began it must not change under way.
        # (model_copy() would share SQLAlchemy's state with the original, which is soon gone.)
        reply = RunningReply(Message(**turn.reply.model_dump()), user.id)
        reply.walk = asyncio.create_task(self._walk(reply, request))
        self._running[conversation_id] = reply
        writer = asyncio.create_task(self._write(reply, reply.walk))
        self._writers[conversation_id] = writer
        # What the reply uses belongs to the request that asked for it.
        (record := current_record()).hold()
        writer.add_done_callback(lambda _: record.release())
        if self._closing:
            reply.abort()

    async def _walk(self, reply: RunningReply, request: GenerationRequest) -> None:
        events = self._inference.generate(request, reply.halt)
        try:
            async for event in events:
                reply.publish(event)
        except Exception as error:
            known = error if isinstance(error, InferenceError) else InferenceError(str(error))
            current_record().fail(known.status, known.code or known.type)
            raise
        finally:
            if (close := getattr(events, "aclose", None)) is not None:
                await close()

    async def _write(self, reply: RunningReply, walk: asyncio.Task[None]) -> None:
        """See one reply to its end. Never cancelled itself: only the walk is."""
        keeper = asyncio.create_task(self._keep(reply))
        await asyncio.wait({walk})
        reply.ended.set()
        await keeper
        try:
            await self._save(reply.end(_error_of(walk)))
        finally:
            # Whatever happens, nobody is left waiting for an end.
            del self._running[reply.message.conversation_id]
            del self._writers[reply.message.conversation_id]
            reply.announce()

    async def _keep(self, reply: RunningReply) -> None:
        """Save what has come every two seconds, beside the walk and never in its way."""
        saved = 0
        while not reply.ended.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CHECKPOINT_SECONDS):
                    await reply.ended.wait()
                    return
            if reply.size > saved:
                saved = reply.size
                await self._save(reply.current())

    async def _save(self, message: Message) -> None:
        try:
            await self._chat.save_reply(message)
        except Exception:  # a full disk must not end the answer that somebody is reading
            logger.exception("Reply %s could not be saved", message.id)


async def _finished(message: Message) -> AsyncGenerator[ReplyEvent, None]:
    shown = MessageReply.model_validate(message)
    if shown.status is MessageStatus.STREAMING:
        # Nobody is writing it: its end could not be kept when it came.
        shown.status = MessageStatus.STOPPED
    yield SnapshotEvent(message=shown)
    yield DoneEvent(message=shown)


def _error_of(walk: asyncio.Task[None]) -> MessageError | None:
    error = None if walk.cancelled() else walk.exception()
    if error is None:
        return None
    if isinstance(error, InferenceError):
        return MessageError(message=error.message, code=error.code or error.type)
    logger.error("A reply failed unexpectedly", exc_info=error)
    return MessageError(
        message="The server failed while it wrote this reply; its log says why. Try again.",
        code="internal_error",
    )
