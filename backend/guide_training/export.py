"""Writing the weights and config.json that mlx-lm loads, and reading the weights back."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import PreTrainedTokenizerFast, Qwen3ForCausalLM

from guide_training.shape import Shape

WEIGHTS = "model.safetensors"
_TIED = "lm_head.weight"


def restore(model: Qwen3ForCausalLM, path: Path) -> None:
    """Load the weights saved at `path` into `model`."""
    model.load_state_dict(load_file(path), strict=False)


def export(
    model: Qwen3ForCausalLM, shape: Shape, tokenizer: PreTrainedTokenizerFast, folder: Path
) -> None:
    """Write model.safetensors in float16 and config.json to `folder`."""
    weights = {
        name: value.to(torch.float16).contiguous()
        for name, value in model.state_dict().items()
        if name != _TIED
    }
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / WEIGHTS, {"format": "mlx"})
    eos, pad = tokenizer.eos_token_id, tokenizer.pad_token_id
    config = shape.config(len(tokenizer), int(eos), int(pad))
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def weights(path: Path) -> dict[str, torch.Tensor]:
    """Return the weights saved at `path`, whatever becomes of the file."""
    return {name: value.clone() for name, value in load_file(path).items()}


def average(path: Path, before: dict[str, torch.Tensor]) -> None:
    """Replace the weights saved at `path` by their mean with those of `before`.

    The mean of what a model was and of what it became by further training is often better than
    either (Wortsman et al. 2022, https://arxiv.org/abs/2109.01903).
    """
    after = load_file(path)
    mean = {name: (after[name].float() + before[name].float()) / 2 for name in after}
    halves = {name: value.to(torch.float16).contiguous() for name, value in mean.items()}
    save_file(halves, path, {"format": "mlx"})
