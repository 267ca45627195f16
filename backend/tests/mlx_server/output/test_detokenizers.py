"""mlx-lm's own detokenizers through the stages."""

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
from tests.mlx_server.output.transcript import Transcript

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
