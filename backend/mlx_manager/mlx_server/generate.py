"""The spine: one request through residence, prompt, engine and output.

Every dialect is a translation on either side of ``generate``; a feature of the engine is written
once, here or below.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from mlx_manager.mlx_server.core.events import (
    Finished,
    GenerationEvent,
    Logprobs,
    PromptProgress,
    ReasoningDelta,
    SpokenLogprob,
    TextDelta,
    Timing,
    ToolCallDelta,
    Usage,
)
from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.ports import Grammar, SequenceSpec, TokenStream
from mlx_manager.mlx_server.core.record import RequestRecord, record_of
from mlx_manager.mlx_server.core.request import GenerationRequest, ToolCall
from mlx_manager.mlx_server.core.tokens import Ended, EndReason, Prefilled, Tokens
from mlx_manager.mlx_server.errors import BadRequest
from mlx_manager.mlx_server.models.access import check_access
from mlx_manager.mlx_server.models.capabilities import can_answer
from mlx_manager.mlx_server.models.pool import ModelPoolManager
from mlx_manager.mlx_server.models.residence import Lease
from mlx_manager.mlx_server.output.assembler import OutputAssembler
from mlx_manager.mlx_server.output.call_guard import guard
from mlx_manager.mlx_server.output.grammar import compiler
from mlx_manager.mlx_server.output.logprobs import LogprobStage
from mlx_manager.mlx_server.output.reasoning_budget import budget_tokens, with_budget
from mlx_manager.mlx_server.output.tool_grammar import answer_grammar
from mlx_manager.mlx_server.prompt.build import BuiltPrompt, build_prompt


async def generate(
    request: GenerationRequest, pool: ModelPoolManager, halt: Halt | None = None
) -> AsyncGenerator[GenerationEvent, None]:
    """Yield deltas and then exactly one ``Finished``, or raise exactly one ``InferenceError``.

    Closing or cancelling the generator stops the sequence and lets go of the model, without a
    further await; ``halt`` ends it with its ``Finished``. What it used goes to the current record,
    also when nobody heard it to the end.
    """
    check_access(request.principal, request.model, request.adapter)
    record = record_of(request.model)
    end: Finished | None = None
    asked = pool.profiles.applied(request)
    async with lease_for(asked, pool) as lease:
        record.served = True
        plan = await _plan(lease.handle, asked, pool.default_max_tokens)
        prompt, assembler, logprobs = plan.spec.prompt, plan.assembler, plan.logprobs
        fed = processed = 0
        # Nothing may come between: from here on the sequence must be cancelled.
        stream = _submit(pool, plan.spec, halt)
        try:
            async for item in stream:
                if isinstance(item, Tokens):
                    if assembler.stopped:
                        continue
                    fed += len(item.ids)
                    for event in logprobs.feed(item, assembler):
                        yield event
                    if assembler.stopped:
                        # Its ``Ended`` follows within a step and brings the counts.
                        stream.cancel()
                elif isinstance(item, Prefilled):
                    processed = item.processed
                    yield PromptProgress(item.processed, item.total)
                else:
                    # What the engine made after a stop string nobody sees: it is not counted.
                    fed = fed if assembler.stopped else item.completion_tokens
                    events, end = _end(item, assembler, len(prompt), fed)
                    for event in (*events, end):
                        for each in logprobs.before(event):
                            yield each
        finally:
            stream.cancel()
            _settle(request, record, len(prompt) if fed else processed, fed, end)


def lease_for(
    request: GenerationRequest, pool: ModelPoolManager
) -> AbstractAsyncContextManager[Lease]:
    """The model that a request names, with what it wants on top; refused before it is loaded where
    it cannot do what is asked."""
    return pool.lease(
        request.model,
        adapter=request.adapter,
        allow_paths=request.principal.is_admin,
        check=can_answer(request),
    )


def _settle(
    request: GenerationRequest, record: RequestRecord, read: int, fed: int, end: Finished | None
) -> None:
    """Charge the caller and the books for ``read`` tokens of prompt and ``fed`` of answer."""
    request.principal.allowance.spend(fed + (0 if request.repeats_prompt else read))
    usage = end.usage if end else Usage(read, fed)
    record.count(request.prompt, usage, end.timing if end else Timing())


@dataclass(frozen=True, slots=True)
class _Plan:
    """What goes to the engine, and what its tokens go through."""

    spec: SequenceSpec
    assembler: OutputAssembler
    logprobs: LogprobStage


async def _plan(handle: ModelHandle, request: GenerationRequest, default_max_tokens: int) -> _Plan:
    _check_generates(handle)
    _check_bias(handle, request)
    built = await build_prompt(handle, request, default_max_tokens)
    grammar = await _grammar(handle, request, built)
    return _Plan(
        spec=_spec(handle, request, built, grammar),
        assembler=_assembler(handle, request, built),
        logprobs=LogprobStage(handle.tokenizer),
    )


def _check_generates(handle: ModelHandle) -> None:
    if not handle.generates:
        raise BadRequest(
            f"{handle.id!r} is an encoder: it makes embeddings or scores pairs, and writes no "
            "text. Send it to /v1/embeddings or /v1/rerank, or name another model.",
            param="model",
        )


def _check_bias(handle: ModelHandle, request: GenerationRequest) -> None:
    """The engine trusts these ids: one beyond the vocabulary would write beyond the logits."""
    top = max((token for token, _ in request.sampling.logit_bias), default=-1)
    if handle.vocabulary_size and top >= handle.vocabulary_size:
        raise BadRequest(
            f"'logit_bias' names token {top}; the ids of {handle.id!r} are from 0 to "
            f"{handle.vocabulary_size - 1}. POST /v1/tokenize gives a text's ids.",
            param="logit_bias",
        )


async def _grammar(
    handle: ModelHandle, request: GenerationRequest, built: BuiltPrompt
) -> Grammar | None:
    """Written and compiled in a worker thread, where sixty tools take some tens of milliseconds; a
    grammar seen lately is a copy, made in microseconds."""
    opens = built.opens_reasoning

    def make() -> Grammar | None:
        wanted = answer_grammar(handle.tokenizer, request)
        if wanted is None:
            return guard(handle, request)
        may = request.template_kwargs.get("enable_thinking") is True
        return compiler.compile(handle, wanted, opens_reasoning=opens, may_reason=may)

    is_ruled = request.tools or request.grammar is not None
    grammar = await asyncio.to_thread(make) if is_ruled else None
    budget = budget_tokens(request, built.max_tokens)
    return with_budget(handle.tokenizer, grammar, budget, opens_reasoning=opens)


def _spec(
    handle: ModelHandle, request: GenerationRequest, built: BuiltPrompt, grammar: Grammar | None
) -> SequenceSpec:
    return SequenceSpec(
        model=handle,
        prompt=built.prompt,
        sampling=request.sampling,
        max_tokens=built.max_tokens,
        scope=request.principal.scope,
        priority=request.principal.priority,
        min_tokens=min(request.min_tokens, built.max_tokens),
        ignore_eos=request.ignore_eos,
        top_logprobs=request.top_logprobs,
        grammar=grammar,
    )


def _submit(pool: ModelPoolManager, spec: SequenceSpec, halt: Halt | None) -> TokenStream:
    stream = pool.engine.submit(spec)
    if halt is not None:
        halt.listen(stream.cancel)
    return stream


def _assembler(
    handle: ModelHandle, request: GenerationRequest, built: BuiltPrompt
) -> OutputAssembler:
    return OutputAssembler(
        handle.tokenizer,
        stop=(*request.stop, *built.stops),
        starts_in_reasoning=built.opens_reasoning,
        parse_reasoning=request.messages is not None,
        tools=request.tools,
        one_call=not request.tool_choice.parallel,
        continues=request.continues,
        formatted=request.grammar is not None,
    )


def _end(
    ended: Ended, assembler: OutputAssembler, prompt_tokens: int, completion_tokens: int
) -> tuple[list[GenerationEvent], Finished]:
    stopped = assembler.stopped
    events, reason = assembler.finish(EndReason.STOP if stopped else ended.reason)
    usage = Usage(
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        cached_tokens=ended.cached_tokens,
        reasoning_tokens=assembler.reasoning_tokens,
    )
    return events, Finished(reason, usage, ended.timing, assembler.stop_sequence)


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer, collected."""

    text: str
    reasoning: str
    tool_calls: tuple[ToolCall, ...]
    finished: Finished
    logprobs: tuple[SpokenLogprob, ...] = ()


@dataclass(slots=True)
class _PartialCall:
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


async def collect(events: AsyncIterator[GenerationEvent]) -> Completion:
    """Walk to the end: non-streaming is the same path, collected. Raises as ``generate`` does."""
    text: list[str] = []
    reasoning: list[str] = []
    calls: dict[int, _PartialCall] = {}
    logprobs: list[SpokenLogprob] = []
    finished: Finished | None = None
    async for event in events:
        match event:
            case TextDelta(text=more):
                text.append(more)
            case ReasoningDelta(text=more):
                reasoning.append(more)
            case ToolCallDelta():
                call = calls.setdefault(event.index, _PartialCall())
                call.id = event.id or call.id
                call.name = event.name or call.name
                call.arguments.append(event.arguments)
            case Logprobs(entries=more):
                logprobs.extend(more)
            case Finished():
                finished = event
            case PromptProgress():
                pass
    if finished is None:
        raise RuntimeError("generation ended without Finished")
    whole = tuple(
        ToolCall(call.id, call.name, "".join(call.arguments)) for _, call in sorted(calls.items())
    )
    return Completion("".join(text), "".join(reasoning), whole, finished, tuple(logprobs))
