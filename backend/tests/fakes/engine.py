"""``core.ports.EnginePort`` that follows a script: for exact output and for faults on command."""

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path

from mlx_manager.mlx_server.core.embedding import EmbedSpec, Vector
from mlx_manager.mlx_server.core.events import Timing
from mlx_manager.mlx_server.core.figures import ModelFigures
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.logprob import TokenLogprob
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.ports import EngineStatus, LoadSpec, SequenceSpec
from mlx_manager.mlx_server.core.tokens import Ended, EndReason, Prefilled, StreamItem, Tokens
from mlx_manager.mlx_server.errors import EngineFailed, InferenceError
from tests.fakes.ruled import ruled
from tests.fakes.script import Fail, Forever, Prefill, Say, SayIds, Script, WaitFor
from tests.fakes.tokenizer import ByteTokenizer

TIMING = Timing(queue_seconds=0.001, prefill_seconds=0.002, decode_seconds=0.5)


class ScriptedStream:
    """One sequence; it moves only when it is read, so nothing happens behind a test's back."""

    def __init__(self, engine: "ScriptedEngine", spec: SequenceSpec, script: Script) -> None:
        self._engine = engine
        self._spec = spec
        self._items = self._play(script)
        self._interrupted: asyncio.Future[InferenceError | None] = (
            asyncio.get_running_loop().create_future()
        )
        self._sampled = 0
        self.over = False

    def __aiter__(self) -> "ScriptedStream":
        return self

    async def __anext__(self) -> StreamItem:
        if self.over:
            raise StopAsyncIteration
        try:
            item = self._cancelled() if self._interrupted.done() else await anext(self._items)
        except BaseException:
            self._close()
            raise
        if isinstance(item, Ended):
            self._close()
        return item

    def cancel(self) -> None:
        """The next item is the end; the engine counts this sequence no more."""
        self._interrupt(None)
        self._engine.left(self)

    def fail(self, error: InferenceError) -> None:
        """The next item is this error."""
        self._interrupt(error)

    def _interrupt(self, error: InferenceError | None) -> None:
        if not self.over and not self._interrupted.done():
            self._interrupted.set_result(error)

    def _close(self) -> None:
        self.over = True
        self._engine.left(self)

    def _cancelled(self) -> Ended:
        error = self._interrupted.result()
        if error is not None:
            raise error
        return self._ended(EndReason.CANCELLED)

    def _ended(self, reason: EndReason) -> Ended:
        return Ended(reason, self._sampled, cached_tokens=0, timing=TIMING)

    async def _play(self, script: Script) -> AsyncIterator[StreamItem]:
        async for item in self._steps(script):
            if not isinstance(item, Tokens):
                yield item
                continue
            ids = ruled(self._spec, item.ids[: self._spec.max_tokens - self._sampled])
            self._sampled += len(ids)
            if ids:
                yield Tokens(ids, self._logprobs(ids))
            if self._sampled == self._spec.max_tokens:
                yield self._ended(EndReason.LENGTH)
                return
            if self._interrupted.done():
                yield self._cancelled()
                return
        if self._interrupted.done():
            yield self._cancelled()
            return
        self._sampled += 1
        yield self._ended(EndReason.STOP)

    def _logprobs(self, ids: tuple[int, ...]) -> tuple[TokenLogprob, ...]:
        """Every token as likely as the next; its rivals are the ids that follow it."""
        top = self._spec.top_logprobs
        if top is None:
            return ()
        rivals = [-0.25 * 2**at for at in range(top)]
        return tuple(
            TokenLogprob(
                token, -0.25, tuple(((token + at) % 256, value) for at, value in enumerate(rivals))
            )
            for token in ids
        )

    async def _steps(self, script: Script) -> AsyncIterator[StreamItem]:
        tokenizer = self._spec.model.tokenizer
        for step in script.steps:
            match step:
                case Say():
                    ids = tokenizer.encode(step.text)
                    for at in range(0, len(ids), step.at_once):
                        yield Tokens(tuple(ids[at : at + step.at_once]))
                case SayIds():
                    yield Tokens(step.ids)
                case Prefill():
                    yield Prefilled(step.processed, step.total)
                case WaitFor():
                    await self._wait(step.event)
                case Fail():
                    raise step.error
                case Forever():
                    async for tokens in self._filler(step.text):
                        yield tokens
        if self._spec.ignore_eos:
            async for tokens in self._filler("."):
                yield tokens
        while self._sampled < self._spec.min_tokens:
            yield Tokens(tuple(tokenizer.encode(".")))

    async def _filler(self, text: str) -> AsyncIterator[Tokens]:
        ids = self._spec.model.tokenizer.encode(text)
        while not self._interrupted.done():
            for token_id in ids:
                await asyncio.sleep(0)
                yield Tokens((token_id,))

    async def _wait(self, event: asyncio.Event) -> None:
        waiter = asyncio.ensure_future(event.wait())
        try:
            await asyncio.wait((waiter, self._interrupted), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiter.cancel()
        if self._interrupted.done() and (error := self._interrupted.result()) is not None:
            raise error


_RESIDENCES = count(1_000_000)
"""Grammars are kept by residence, and in a process of tests real engines number theirs too."""


class ScriptedEngine:
    """Answers a prompt that contains a key of ``scripts`` with its script, others with
    ``default``. ``specs`` are the sequences submitted so far, ``streams`` those not over,
    ``loads`` how many models became resident."""

    def __init__(self, default: Script | None = None) -> None:
        self.default = default or Script.of("Hello!")
        self.scripts: dict[str, Script] = {}
        self.tokenizer = ByteTokenizer()
        self.context_length = 4096
        self.submit_error: InferenceError | None = None
        self.load_errors: dict[ModelId, InferenceError] = {}
        self.load_gate: asyncio.Event | None = None
        self.embed_error: InferenceError | None = None
        self.embed_gate: asyncio.Event | None = None
        self.embed_specs: list[EmbedSpec] = []
        self.embeds_dropped = 0
        self.specs: list[SequenceSpec] = []
        self.streams: set[ScriptedStream] = set()
        self.resident: dict[ModelId, ModelHandle] = {}
        self.degraded_reason: str | None = None
        self.alive = True
        self._generation = 0
        self.loads = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def until_quiet(self) -> None:
        """Return when no sequence is left; fail after five seconds."""
        async with asyncio.timeout(5):
            await self._quiet.wait()

    def left(self, stream: ScriptedStream) -> None:
        """A sequence is over or cancelled."""
        self.streams.discard(stream)
        if not self.streams:
            self._quiet.set()

    async def load(self, spec: LoadSpec, progress: Callable[[float], None]) -> ModelHandle:
        """Resident at once, or when ``load_gate`` opens; fails as ``load_errors`` says."""
        progress(0.5)
        if self.load_gate is not None:
            await self.load_gate.wait()
        if spec.id in self.load_errors:
            raise self.load_errors[spec.id]
        progress(1.0)
        self._generation = next(_RESIDENCES)
        self.loads += 1
        self.resident[spec.id] = handle = self._handle(spec)
        return handle

    async def unload(self, handle: ModelHandle) -> None:
        """Sequences of the model end with an error."""
        self.resident.pop(handle.id, None)
        self._fail_all(EngineFailed(f"The model {handle.id!r} was unloaded."), handle)

    def submit(self, spec: SequenceSpec) -> ScriptedStream:
        """Start a script; ``submit_error`` or a model that is gone comes through the stream."""
        self.specs.append(spec)
        stream = ScriptedStream(self, spec, self._script_for(spec))
        self.streams.add(stream)
        self._quiet.clear()
        if self.submit_error is not None:
            stream.fail(self.submit_error)
        elif self.resident.get(spec.model.id) is not spec.model:
            stream.fail(EngineFailed(f"The model {spec.model.id!r} is not resident."))
        elif not self.alive:
            stream.fail(EngineFailed(self.degraded_reason or "The engine is not running."))
        return stream

    async def embed(self, spec: EmbedSpec) -> tuple["Vector[float]", ...]:
        """A hundredth of each length, and a one; or ``embed_error``. When ``embed_gate`` opens."""
        self.embed_specs.append(spec)
        if self.embed_gate is not None:
            try:
                await self.embed_gate.wait()
            except asyncio.CancelledError:
                self.embeds_dropped += 1
                raise
        if self.embed_error is not None:
            raise self.embed_error
        return tuple(Vector("f", [len(passage) / 100, 1.0]) for passage in spec.passages)

    def status(self) -> EngineStatus:
        """Counts of streams not over."""
        return EngineStatus(
            alive=self.alive,
            degraded_reason=self.degraded_reason,
            running=len(self.streams),
            waiting=0,
            prefix_cache_bytes=0,
            active_memory_bytes=0,
            models={handle.generation: self._figures(handle) for handle in self.resident.values()},
        )

    def crash(self, reason: str, *, final: bool = False) -> None:
        """What a throwing loop does: every stream fails, the status says so."""
        self.degraded_reason = reason
        self.alive = not final
        self._fail_all(EngineFailed(f"The engine failed: {reason}"))

    async def stop(self) -> None:
        """End every stream with an error."""
        self.alive = False
        self.degraded_reason = "the server is shutting down"
        self._fail_all(EngineFailed("The server is shutting down."))

    def _figures(self, handle: ModelHandle) -> ModelFigures:
        return ModelFigures(running=sum(s._spec.model is handle for s in self.streams))

    def _fail_all(self, error: InferenceError, handle: ModelHandle | None = None) -> None:
        for stream in list(self.streams):
            if handle is None or stream._spec.model is handle:
                stream.fail(error)

    def _script_for(self, spec: SequenceSpec) -> Script:
        prompt = spec.model.tokenizer.decode(spec.prompt.token_ids)
        return next((s for key, s in self.scripts.items() if key in prompt), self.default)

    def _handle(self, spec: LoadSpec) -> ModelHandle:
        return ModelHandle(
            id=spec.id,
            path=Path(spec.path),
            generation=self._generation,
            tokenizer=self.tokenizer,
            vocabulary_size=self.tokenizer.vocabulary_size,
            context_length=self.context_length,
            weights_bytes=spec.weights_bytes,
            kv_bytes_per_token=1,
        )
