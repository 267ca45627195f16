"""The guide's architecture: a small Qwen3, as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Where the committed guide is.
FOLDER = Path(__file__).parents[1] / "mlx_manager" / "guide"


@dataclass(frozen=True)
class Shape:
    """Sizes of a Qwen3 model; the defaults are the guide's."""

    hidden_size: int = 256
    num_hidden_layers: int = 5
    intermediate_size: int = 640
    num_attention_heads: int = 4
    num_key_value_heads: int = 2
    head_dim: int = 64
    rms_norm_eps: float = 1e-6
    rope_theta: float = 100_000.0
    max_position_embeddings: int = 32_768

    def config(self, vocab_size: int, eos_token_id: int, pad_token_id: int) -> dict[str, Any]:
        """Return the content of config.json as transformers and mlx-lm read it."""
        return {
            "architectures": ["Qwen3ForCausalLM"],
            "model_type": "qwen3",
            "hidden_size": self.hidden_size,
            "num_hidden_layers": self.num_hidden_layers,
            "intermediate_size": self.intermediate_size,
            "num_attention_heads": self.num_attention_heads,
            "num_key_value_heads": self.num_key_value_heads,
            "head_dim": self.head_dim,
            "rms_norm_eps": self.rms_norm_eps,
            "rope_theta": self.rope_theta,
            "max_position_embeddings": self.max_position_embeddings,
            "vocab_size": vocab_size,
            "tie_word_embeddings": True,
            "attention_bias": False,
            "hidden_act": "silu",
            "eos_token_id": eos_token_id,
            "bos_token_id": None,
            "pad_token_id": pad_token_id,
            "torch_dtype": "float16",
        }
