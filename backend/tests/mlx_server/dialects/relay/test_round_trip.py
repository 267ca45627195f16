"""What goes into the relay comes out of it: requests, events and errors."""

import json
from dataclasses import fields, replace
from math import inf
from typing import Any, get_args

import pytest

from mlx_manager.mlx_server.core.effort import Effort
from mlx_manager.mlx_server.core.events import (
    Finished,
    FinishReason,
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
from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.principal import Principal, PrincipalKind
from mlx_manager.mlx_server.core.profile import Defaults, Profile
from mlx_manager.mlx_server.core.request import (
    GenerationRequest,
    GrammarKind,
    GrammarSpec,
    Message,
    SamplingParams,
    ToolCall,
    ToolChoice,
)
from mlx_manager.mlx_server.dialects.openai.validation import read_body
from mlx_manager.mlx_server.dialects.relay.events import RelayLines, read_line
from mlx_manager.mlx_server.dialects.relay.profile import encode_profile, read_profile
from mlx_manager.mlx_server.dialects.relay.request import (
    decode_request,
    encode_request,
    relay_body,
)
from mlx_manager.mlx_server.errors import (
    BadRequest,
    ContextExceeded,
    EngineFailed,
    InferenceError,
    Overloaded,
)

CALLER = Principal(scope="user-7", kind=PrincipalKind.KEY, user_id="7", priority=2)
PLAIN = GenerationRequest(RequestId("req_1"), ModelId("m"), CALLER, text="Once upon")
FULL = replace(
    PLAIN,
    text=None,
    messages=(
        Message("user", "Grüße, 你好 \u2028 \ufffd"),
        Message("assistant", "", "Hm.", (ToolCall("c1", "look", '{"at": 1}'),)),
        Message("tool", "nothing", tool_call_id="c1", name="look"),
    ),
    sampling=SamplingParams(0.3, 0.9, 40, 0.05, 1.1, 0.5, -0.5, ((5, -100.0), (7, 1.5)), 2**62),
    max_tokens=100,
    stop=("END", "\n\n"),
    tools=({"type": "function", "function": {"name": "look", "parameters": {"a": [1, None]}}},),
    tool_choice=ToolChoice(required=True, name="look", parallel=False),
    template_kwargs={"enable_thinking": False, "level": 3},
    grammar=GrammarSpec(GrammarKind.REGEX, r"\d+"),
    effort=Effort.LOW,
    top_logprobs=0,
    repeats_prompt=True,
)
EVENTS: tuple[GenerationEvent, ...] = (
    PromptProgress(5, 10),
    TextDelta("line\nbreak \u2028 and 👋"),
    ReasoningDelta("hm"),
    ToolCallDelta(1, id="c1", name="look", arguments=""),
    Logprobs((SpokenLogprob("\ufffd", b"\xf0\x9f", -0.1, (SpokenLogprob("a", b"a", -inf),)),)),
    Finished(FinishReason.TOOL_CALLS, Usage(10, 5, 3, 1), Timing(0.1, 0.2, 0.3), "END"),
)


@pytest.mark.parametrize("request_", [PLAIN, FULL, replace(PLAIN, text=None, token_ids=(1, 2))])
def test_a_request_comes_out_as_it_went_in(request_: GenerationRequest) -> None:
    body: Any = read_body(relay_body(), json.loads(told(request_)))
    out = decode_request(body)
    for each in fields(GenerationRequest):
        if each.name not in ("principal", "tools"):
            assert getattr(out, each.name) == getattr(request_, each.name), each.name
    assert list(out.tools) == list(request_.tools)
    assert (out.principal.scope, out.principal.priority) == ("user-7", 2)
    assert out.principal.may_use("m")
    assert body.relay_id == "r1"


def told(request: GenerationRequest) -> bytes:
    return encode_request(request, "r1")


def test_a_profile_comes_out_as_one_that_runs_there() -> None:
    defaults = Defaults(
        sampling={"temperature": 0.2, "top_k": 7},
        max_tokens=50,
        stop=("END",),
        system_prompt="Be brief.",
        effort=Effort.HIGH,
        template_kwargs={"level": 3},
        tools=list(FULL.tools),
        parallel_tool_calls=False,
    )
    profile = Profile(ModelId("w"), ModelId("/a/b"), "/c", defaults, True, 60.0, 5, "k", True)
    told_profile = json.loads(json.dumps(encode_profile(profile)))
    assert read_profile(told_profile) == replace(profile, own_process=False)
    with pytest.raises(BadRequest, match="no profile"):
        read_profile({"name": "w"})


def test_who_asked_and_what_they_may_do_stays_here() -> None:
    assert b"user_id" not in told(PLAIN)
    assert b"allowed_models" not in told(PLAIN)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_is_one_line_and_comes_out_as_it_went_in(event: GenerationEvent) -> None:
    line = RelayLines().encode(event)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert read_line(line[:-1]) == event


def test_every_event_there_is_can_be_told() -> None:
    assert set(get_args(GenerationEvent)) == {type(event) for event in EVENTS}


def test_a_sign_of_life_is_no_event() -> None:
    assert read_line(RelayLines().keep_alive().strip()) is None


@pytest.mark.parametrize(
    "error",
    [
        ContextExceeded("Too long.", param="messages"),
        Overloaded("Come back.", retry_after_seconds=7),
        EngineFailed("It broke."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_is_raised_as_what_it_was(error: InferenceError) -> None:
    with pytest.raises(type(error), match=error.message) as caught:
        read_line(RelayLines().error(error))
    assert type(caught.value) is type(error)
    assert caught.value.param == error.param
    assert caught.value.retry_after_seconds == error.retry_after_seconds


def test_a_line_that_is_not_ours_is_refused() -> None:
    with pytest.raises(ValueError, match="no event is called 'data:'"):
        read_line(b"data: {}")
