"""Tiny random models of each cache class, made on the fly: the real thing in small."""

import json
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from mlx_manager import guide
from mlx_manager.mlx_server.engine import backend

GUIDE = Path(guide.__path__[0])

BASE: dict[str, Any] = {
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "intermediate_size": 128,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "rms_norm_eps": 1e-6,
    "vocab_size": 320,
    "max_position_embeddings": 2048,
    "rope_theta": 10000.0,
    "tie_word_embeddings": True,
    "eos_token_id": 256,
}

ARCHITECTURES: dict[str, dict[str, Any]] = {
    "qwen3": {"model_type": "qwen3"},
    "llama": {"model_type": "llama"},
    "gemma3_text": {  # sliding windows: rotating caches beside full ones
        "model_type": "gemma3_text",
        "sliding_window": 32,
        "sliding_window_pattern": 2,
        "query_pre_attn_scalar": 16,
        "rope_local_base_freq": 10000.0,
    },
    "mamba2": {  # recurrent state: caches that cannot be trimmed
        "model_type": "mamba2",
        "num_heads": 4,
        "head_dim": 32,
        "state_size": 16,
        "conv_kernel": 4,
        "n_groups": 1,
        "time_step_limit": [0.0, 1e9],
        "use_bias": False,
        "use_conv_bias": True,
        "residual_in_fp32": False,
        "layer_norm_epsilon": 1e-5,
        "time_step_rank": "auto",
        "expand": 2,
    },
}

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant:{% endif %}"
)
THINK_END_ID = 258
THINKING_TEMPLATE = CHAT_TEMPLATE.replace(
    "assistant:", "assistant:{% if enable_thinking | default(true) %}<think>\n{% endif %}"
)


def make_model(
    folder: Path,
    architecture: str = "qwen3",
    *,
    seed: int = 0,
    thinks: bool = False,
    **config: Any,
) -> Path:
    """Write a whole model directory with random weights; every byte is a token, 256 ends.

    ``thinks``: think markers are tokens too, and the template begins the answer with the first.
    """
    backend.prepare()
    import mlx.core as mx  # noqa: PLC0415  (after OpenBLAS)
    from mlx.utils import tree_flatten  # noqa: PLC0415
    from mlx_lm.utils import _get_classes  # noqa: PLC0415

    full = {**BASE, **ARCHITECTURES[architecture], **config}
    model_class, args_class = _get_classes(full)
    mx.random.seed(seed)
    model = model_class(args_class.from_dict(full))
    # A wide spread, so that a random model has clear favourites and greedy ties are rare.
    weights = {
        name: mx.random.normal(array.shape) * 0.2 if array.ndim > 1 else array
        for name, array in tree_flatten(model.parameters())
    }
    folder.mkdir(parents=True, exist_ok=True)
    mx.save_safetensors(str(folder / "model.safetensors"), weights)
    (folder / "config.json").write_text(json.dumps(full))
    _write_tokenizer(folder, full["max_position_embeddings"], thinks=thinks)
    return folder


def make_talker(folder: Path, *, context_length: int = 1024, seed: int = 0) -> Path:
    """Random weights behind the guide's tokenizer: the real template, markers for thinking and for
    tool calls, and nothing sensible to say with them."""
    shape = json.loads((GUIDE / "config.json").read_text(encoding="utf-8"))
    ends = {name: shape[name] for name in ("vocab_size", "eos_token_id")}
    make_model(folder, seed=seed, max_position_embeddings=context_length, **ends)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_bytes((GUIDE / name).read_bytes())
    return folder


def _write_tokenizer(folder: Path, context_length: int, *, thinks: bool) -> None:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<eos>", "<think>", "</think>"] if thinks else ["<eos>"])
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "<eos>",
        "model_max_length": context_length,
        "chat_template": THINKING_TEMPLATE if thinks else CHAT_TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
