"""The body of POST /v1/completions -> one ``GenerationRequest`` a choice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlx_manager.mlx_server.core.ids import ModelId, RequestId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.dialects.given import given_fields
from mlx_manager.mlx_server.dialects.openai.choices import one_for_each
from mlx_manager.mlx_server.dialects.openai.formats import read_grammar
from mlx_manager.mlx_server.dialects.openai.sampling import (
    read_lengths,
    read_sampling,
    read_stop,
)
from mlx_manager.mlx_server.dialects.openai.schema import CompletionBody
from mlx_manager.mlx_server.dialects.openai.texts import read_texts
from mlx_manager.mlx_server.dialects.openai.validation import check, read_body, shown

MAX_PROMPTS = 256


@dataclass(frozen=True, slots=True)
class CompletionCall:
    """The choices, ``choices_each`` of every prompt in turn, and how they are to be sent."""

    requests: tuple[GenerationRequest, ...]
    choices_each: int
    stream: bool
    include_usage: bool
    echo: bool


def decode_completion(
    body: Mapping[str, Any], *, request_id: RequestId, caller: Principal
) -> CompletionCall:
    """Read a completion body.

    Raises ``BadRequest`` naming the field that is wrong.
    """
    completion = read_body(CompletionBody, body)
    max_tokens, min_tokens = read_lengths(completion.max_tokens, completion)
    sampling, stop = read_sampling(completion), read_stop(completion.stop)
    prompts = read_texts(completion.prompt, "prompt", MAX_PROMPTS)
    choices_each = _read_choices(completion, len(prompts))
    grammar, given = read_grammar(completion), given_fields(completion)
    requests = [
        GenerationRequest(
            request_id=request_id,
            model=ModelId(completion.model),
            principal=caller,
            text=prompt if isinstance(prompt, str) else None,
            token_ids=prompt if isinstance(prompt, tuple) else None,
            suffix=completion.suffix or None,
            sampling=sampling,
            max_tokens=max_tokens,
            min_tokens=min_tokens,
            ignore_eos=bool(completion.ignore_eos),
            stop=stop,
            grammar=grammar,
            top_logprobs=completion.logprobs,
            adapter=completion.adapter,
            given=given,
        )
        for prompt in prompts
    ]
    options = completion.stream_options
    return CompletionCall(
        requests=tuple(each for one in requests for each in one_for_each(one, choices_each)),
        choices_each=choices_each,
        stream=bool(completion.stream),
        include_usage=bool(options is not None and options.include_usage),
        echo=bool(completion.echo),
    )


def _read_choices(completion: CompletionBody, prompts: int) -> int:
    """How many answers each prompt gets."""
    choices = completion.n or 1
    check(
        completion.best_of in (None, 1, choices),
        f"'best_of' must be 1 or equal to 'n' ({choices}): every answer is returned; "
        f"got {shown(completion.best_of)}.",
        "best_of",
    )
    check(
        prompts * choices <= MAX_PROMPTS,
        f"'n' of {choices} for {prompts} prompts is more than {MAX_PROMPTS} choices.",
        "n",
    )
    return choices
