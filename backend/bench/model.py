"""The throughput model: Qwen3's shape, a few million random float32 parameters, and no end.

Its end token's embedding is zero, so a greedy answer never picks it and every server generates
exactly ``max_tokens``.
"""

import json
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from mlx_manager.mlx_server.engine import backend

CONFIG = {
    "model_type": "qwen3",
    "hidden_size": 224,
    "num_hidden_layers": 6,
    "intermediate_size": 608,
    "num_attention_heads": 7,
    "num_key_value_heads": 7,
    "head_dim": 32,
    "rms_norm_eps": 1e-6,
    "vocab_size": 512,
    "max_position_embeddings": 32768,
    "rope_theta": 10000.0,
    "tie_word_embeddings": True,
    "eos_token_id": 256,
}
TEMPLATE = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:"


def make(folder: Path) -> Path:
    """Write the model directory."""
    backend.prepare()
    import mlx.core as mx  # noqa: PLC0415  (after OpenBLAS)
    from mlx.utils import tree_flatten  # noqa: PLC0415
    from mlx_lm.models.qwen3 import Model, ModelArgs  # noqa: PLC0415

    mx.random.seed(0)
    model = Model(ModelArgs.from_dict(CONFIG))
    weights = dict(tree_flatten(model.parameters()))
    weights["model.embed_tokens.weight"][CONFIG["eos_token_id"]] = 0.0
    folder.mkdir(parents=True, exist_ok=True)
    mx.save_safetensors(str(folder / "model.safetensors"), weights)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    # Every id has text, so that no server is given nothing to send.
    vocabulary = {piece: index for index, piece in enumerate([*alphabet, "<eos>"])}
    pairs = [(a, b) for a in "abcdefghijklmnop" for b in "abcdefghijklmnop"][:255]
    vocabulary |= {a + b: 257 + index for index, (a, b) in enumerate(pairs)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<eos>"])
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "<eos>",
        "model_max_length": 32768,
        "chat_template": TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return folder
