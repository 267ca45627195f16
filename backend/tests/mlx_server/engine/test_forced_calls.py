"""Random weights, the real engine: a call that must be made is made, in every family's format."""

import json
from dataclasses import replace

import jsonschema
import pytest

from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.request import SamplingParams, ToolChoice
from mlx_manager.mlx_server.engine.engine import Engine
from mlx_manager.mlx_server.output.reasoning_budget import with_budget
from tests.mlx_server.engine.sequences import ask
from tests.mlx_server.output.families.forced import PARAMETERS, compiled, request, transcript
from tests.mlx_server.output.families.tokenizer import FamilyTokenizer
from tests.mlx_server.output.families.writing import WRITINGS

HOT = SamplingParams(temperature=1, seed=3)


@pytest.mark.anyio
async def test_random_weights_make_the_call_of_every_family(
    engine: Engine, handle: ModelHandle
) -> None:
    choice = ToolChoice(required=True, name="book", parallel=False)
    for name in WRITINGS:
        tokenizer = FamilyTokenizer(name)
        ruled = compiled(tokenizer, request(choice), size=handle.vocabulary_size)
        # Random weights that may reason first would, for as long as they are let.
        grammar = with_budget(tokenizer, ruled, 8, opens_reasoning=False)
        model = replace(handle, tokenizer=tokenizer)
        answer = await ask(
            engine, model, "Book.", sampling=HOT, max_tokens=600, ignore_eos=False, grammar=grammar
        )
        said = transcript(tokenizer, answer.ids)
        ((called, arguments),) = said.calls
        jsonschema.validate(json.loads(arguments), PARAMETERS)
        assert (called, said.text) == ("book", ""), name
