"""The guide as transformers' own Qwen3 in PyTorch, and the loss it is trained with.

mlx-lm and transformers read the same weights, so nothing of the model is written here.
"""

from __future__ import annotations

import math
import time

import torch
from torch.nn import functional
from transformers import Qwen3Config, Qwen3ForCausalLM

from guide_training.attention import NAME
from guide_training.batches import Batch
from guide_training.pointer import strayed
from guide_training.shape import Shape

DEVIATION = 0.05
# Given as a mapping, the mask is taken as it is: plainly causal. Otherwise transformers would take
# a gap in the positions for the border between two packed texts.
_CAUSAL = {"full_attention": None}


def network(shape: Shape, vocabulary: int, seed: int) -> Qwen3ForCausalLM:
    """Return a model with fresh float32 weights; layers that add to the residual start smaller."""
    torch.manual_seed(seed)
    config = Qwen3Config(**shape.config(vocabulary, 0, 0), initializer_range=DEVIATION)
    config.use_cache = False
    config._attn_implementation = NAME
    model = Qwen3ForCausalLM(config).float()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                weight.div_(math.sqrt(2 * shape.num_hidden_layers))
    return model


def loss(model: Qwen3ForCausalLM, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the mean cross entropy of the next token at `batch.chosen`, and of where to look."""
    tokens, positions = torch.from_numpy(batch.tokens).long(), torch.from_numpy(batch.positions)
    chosen = torch.from_numpy(batch.chosen).long()
    states = model.model(
        input_ids=tokens[:, :-1], position_ids=positions[:, :-1].long(), attention_mask=_CAUSAL
    ).last_hidden_state
    logits = model.lm_head(states.reshape(-1, states.shape[-1])[chosen])
    said = functional.cross_entropy(logits, tokens[:, 1:].reshape(-1)[chosen])
    return said, strayed(torch.from_numpy(batch.looks))


def faster(one: torch.dtype, other: torch.dtype, times: int = 20) -> bool:
    """Return whether this CPU multiplies matrices of type `one` in less time than of `other`.

    Some have instructions for bfloat16 and are four times faster with it, others five times slower.
    """

    def seconds(kind: torch.dtype) -> float:
        matrix = torch.ones(512, 512, dtype=kind)
        torch.mm(matrix, matrix)
        started = time.monotonic()
        for _ in range(times):
            torch.mm(matrix, matrix)
        return time.monotonic() - started

    return seconds(one) < seconds(other)
