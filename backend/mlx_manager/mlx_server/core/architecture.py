"""What a model's ``config.json`` says of its shape: pure readings, nothing guessed from names.

Multimodal configurations keep the language model's numbers under ``text_config``.
"""

from collections.abc import Mapping
from typing import Any

DEFAULT_CONTEXT_LENGTH = 4096
"""Tokens assumed where a configuration is silent."""

_CONTEXT_KEYS = (
    "max_position_embeddings",
    "max_sequence_length",
    "n_positions",
    "seq_length",
    "n_ctx",
    "model_max_length",
)


def context_length(config: Mapping[str, Any]) -> int:
    """The longest prompt and answer together, in tokens."""
    for key in _CONTEXT_KEYS:
        value = _read(config, key)
        if isinstance(value, int) and value > 0:
            return value
    return DEFAULT_CONTEXT_LENGTH


def vocabulary_size(config: Mapping[str, Any]) -> int:
    """Rows of the embedding table; 0 where a configuration is silent."""
    value = _read(config, "vocab_size")
    return value if isinstance(value, int) else 0


def kv_bytes_per_token(config: Mapping[str, Any], bytes_per_value: int) -> int:
    """Bytes one more token costs in a full-attention KV cache.

    An upper bound for models with sliding windows or recurrent layers, which keep less.
    """
    layers = _positive(config, "num_hidden_layers", "n_layer", "n_layers")
    heads = _positive(config, "num_attention_heads", "n_head", "n_heads")
    hidden = _positive(config, "hidden_size", "n_embd", "d_model")
    if not (layers and heads and hidden):
        return 0
    latent = _positive(config, "kv_lora_rank")
    if latent:  # multi-head latent attention (DeepSeek-V2, arXiv:2405.04434)
        return layers * (latent + _positive(config, "qk_rope_head_dim")) * bytes_per_value
    kv_heads = _positive(config, "num_key_value_heads") or heads
    head_dim = _positive(config, "head_dim") or hidden // heads
    return 2 * layers * kv_heads * head_dim * bytes_per_value


def _read(config: Mapping[str, Any], key: str) -> Any:
    if key in config:
        return config[key]
    nested = config.get("text_config")
    return nested.get(key) if isinstance(nested, Mapping) else None


def _positive(config: Mapping[str, Any], *keys: str) -> int:
    for key in keys:
        value = _read(config, key)
        if isinstance(value, int) and value > 0:
            return value
    return 0
