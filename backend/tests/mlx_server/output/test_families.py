"""mlx-lm's own detokenizers and tool parsers through the stages."""

import importlib
import json
from typing import Any

import pytest
from mlx_lm.tokenizer_utils import (
    BPEStreamingDetokenizer,
    NaiveStreamingDetokenizer,
    TokenizerWrapper,
)
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from mlx_manager.mlx_server.core.tokens import EndReason
from mlx_manager.mlx_server.engine.tokenizer import TextCodec
from mlx_manager.mlx_server.output.assembler import OutputAssembler
from tests.fakes.tokenizer import ByteTokenizer
from tests.mlx_server.output.transcript import Transcript, weather_tools

SENTENCES = [" Paris is a city.", "  two\n\tthings — “quoted” é漢\N{GRINNING FACE}  end ", "\n\n x"]


def byte_level_tokenizer(detokenizer: Any) -> TextCodec:
    """A byte-level BPE, as Qwen, Llama 3 and the guide have, trained on a few words."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=["<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(SENTENCES, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>")
    return TextCodec(TokenizerWrapper(fast, detokenizer))


@pytest.mark.parametrize("detokenizer", [BPEStreamingDetokenizer, NaiveStreamingDetokenizer])
@pytest.mark.parametrize("text", SENTENCES)
def test_the_answer_to_a_raw_prompt_keeps_its_first_space(detokenizer: Any, text: str) -> None:
    tokenizer = byte_level_tokenizer(detokenizer)
    assembler = OutputAssembler(tokenizer, parse_reasoning=False)
    pieces = [[i] for i in tokenizer.encode(text, add_special_tokens=False)]
    assert Transcript.of(assembler, pieces, EndReason.STOP).text == text


class FamilyTokenizer(ByteTokenizer):
    """The byte tokenizer with the markers and the parser of an mlx-lm family."""

    def __init__(self, family: str) -> None:
        super().__init__()
        self._family = importlib.import_module(f"mlx_lm.tool_parsers.{family}")
        self._name = family

    @property
    def tool_call_start(self) -> str | None:
        start: str = self._family.tool_call_start
        return start

    @property
    def tool_call_end(self) -> str | None:
        end: str = self._family.tool_call_end
        return end

    @property
    def tool_parser(self) -> Any:
        return self._family.parse_tool_call

    @property
    def tool_family(self) -> str | None:
        return self._name


WRITTEN = {
    "json_tools": '<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call>',
    "qwen3_coder": (
        "<tool_call>\n<function=weather>\n<parameter=city>\nOslo\n</parameter>\n</function>\n"
        "</tool_call>"
    ),
    "glm47": (
        "<tool_call>weather\n<arg_key>city</arg_key>\n<arg_value>Oslo</arg_value>\n</tool_call>"
    ),
    "pythonic": '<|tool_call_start|>[weather(city="Oslo")]<|tool_call_end|>',
    "gemma4": '<|tool_call>call:weather{city:<|"|>Oslo<|"|>}<tool_call|>',
    "mistral": '[TOOL_CALLS]weather[ARGS]{"city": "Oslo"}',
}


@pytest.mark.parametrize("family", WRITTEN)
@pytest.mark.parametrize("count", [1, 2])
def test_calls_in_a_familys_own_format_are_recovered(family: str, count: int) -> None:
    tokenizer = FamilyTokenizer(family)
    assembler = OutputAssembler(tokenizer, tools=weather_tools())
    pieces = [
        [i] for i in tokenizer.encode("Let me look.\n" + "\n".join([WRITTEN[family]] * count))
    ]
    transcript = Transcript.of(assembler, pieces, EndReason.STOP)
    assert transcript.text == "Let me look."
    assert [(name, json.loads(arguments)) for name, arguments in transcript.calls] == [
        ("weather", {"city": "Oslo"})
    ] * count
