"""What a caller wants generated, in no dialect at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mlx_manager.mlx_server.core.effort import Effort
from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.principal import Principal


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """How the next token is chosen.

    ``temperature`` 0 is greedy. ``top_p`` 1, ``top_k`` 0 and ``min_p`` 0 switch each filter off.
    Penalties follow the OpenAI reference; ``repetition_penalty`` 1 is none (CTRL,
    arXiv:1909.05858). ``logit_bias`` pairs a token id with what is added to its logit. ``seed``
    None draws a fresh one.
    """

    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    logit_bias: tuple[tuple[int, float], ...] = ()
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call the model made earlier; ``arguments`` is a JSON text."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. ``content`` is text; an assistant turn may carry reasoning and tool calls."""

    role: str
    content: str
    reasoning: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    name: str | None = None


class GrammarKind(StrEnum):
    """How a grammar is written, in words an error message can use."""

    JSON_OBJECT = "JSON object"
    JSON_SCHEMA = "JSON schema"
    REGEX = "regular expression"
    LARK = "grammar"
    TOOLS = "tool choice"


@dataclass(frozen=True, slots=True)
class GrammarSpec:
    """What the answer must look like; ``text`` is empty for a JSON object."""

    kind: GrammarKind
    text: str = ""


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """``required``: the answer is one call or more and no text; of the tool ``name``, if given.
    ``parallel`` False allows one call."""

    required: bool = False
    name: str | None = None
    parallel: bool = True


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One request through the spine.

    Exactly one of ``messages`` (chat), ``text`` (raw prompt) and ``token_ids`` is set. A raw prompt
    may have a ``suffix``: the answer is what stands between the two.
    ``max_tokens`` None means the server's default, capped by the context. ``tools`` are in the
    OpenAI ``{"type": "function", "function": {...}}`` form, the one chat templates take.
    ``stop`` strings end generation and are not part of the text. A ``grammar`` rules the text; with
    ``tools`` the model may call instead. ``effort`` is told to the template in its own words and
    limits the tokens of reasoning; ``reasoning_budget``, where given, is that limit instead.
    ``continues`` makes the last message, the assistant's, the beginning of the answer.
    ``repeats_prompt`` is another choice, ``choice_index``, from a prompt that is counted already.
    ``given`` are the fields that the caller set (``dialects.given``); ``context_length`` limits
    prompt and answer together, below the model's own limit. ``adapter`` names what is put on top
    of the model.
    """

    request_id: RequestId
    model: ModelId
    principal: Principal
    messages: tuple[Message, ...] | None = None
    text: str | None = None
    token_ids: tuple[int, ...] | None = None
    suffix: str | None = None
    sampling: SamplingParams = field(default_factory=SamplingParams)
    max_tokens: int | None = None
    min_tokens: int = 0
    ignore_eos: bool = False
    stop: tuple[str, ...] = ()
    tools: Sequence[Mapping[str, Any]] = ()
    tool_choice: ToolChoice = ToolChoice()
    template_kwargs: Mapping[str, Any] = field(default_factory=dict)
    grammar: GrammarSpec | None = None
    effort: Effort | None = None
    reasoning_budget: int | None = None
    continues: bool = False
    top_logprobs: int | None = None
    repeats_prompt: bool = False
    adapter: str | None = None
    choice_index: int = 0
    given: frozenset[str] = frozenset()
    context_length: int | None = None

    @property
    def prompt(self) -> object:
        """What the model is to read: the same object in every choice of one request."""
        return self.messages or self.text or self.token_ids
