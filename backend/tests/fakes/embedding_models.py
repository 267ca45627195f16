"""Tiny models that embed and rank: random weights, with the files that say what they are for."""

import json
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, models, pre_tokenizers, processors

from mlx_manager.mlx_server.engine import backend
from tests.fakes.tiny_models import make_model

CLS, SEP = 256, 257

BERT: dict[str, Any] = {
    "model_type": "bert",
    "architectures": ["BertModel"],
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 128,
    "vocab_size": 320,
    "type_vocab_size": 2,
    "pad_token_id": 0,
}


def make_embedder(folder: Path, *, pooling: str = "lasttoken", **config: Any) -> Path:
    """A decoder with the files of Qwen3-Embedding."""
    make_model(folder, **config)
    return declare_embeddings(folder, pooling=pooling, width=config.get("hidden_size", 64))


def declare_embeddings(folder: Path, *, pooling: str = "lasttoken", width: int = 64) -> Path:
    """Write the files that say how vectors are made; whatever the weights are."""
    steps = ["Transformer", "Pooling", "Normalize"]
    write_json(
        folder / "modules.json",
        [{"idx": at, "type": f"sentence_transformers.models.{s}"} for at, s in enumerate(steps)],
    )
    names = {"lasttoken": "lasttoken", "mean": "mean_tokens", "cls": "cls_token"}
    modes = {f"pooling_mode_{name}": pooling == mode for mode, name in names.items()}
    write_json(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": width, **modes})
    change_config(folder, hidden_size=width)
    return folder


def make_judge(folder: Path, *, yes: int, no: int | None) -> Path:
    """A decoder that answers with one of two tokens, as sentence-transformers 5.4 describes it."""
    make_model(folder)
    steps = ["base.modules.transformer.Transformer", "cross_encoder.modules.LogitScore"]
    write_json(folder / "modules.json", [{"type": f"sentence_transformers.{s}"} for s in steps])
    scores = {"true_token_id": yes, "false_token_id": no}
    write_json(folder / "1_LogitScore" / "config.json", scores)
    return folder


def make_encoder(folder: Path, *, ranks: bool = False, **config: Any) -> Path:
    """A BERT, or with ``ranks`` a cross-encoder over one, in the names of Hugging Face."""
    backend.prepare()
    import mlx.core as mx  # noqa: PLC0415  (after OpenBLAS)
    from mlx.utils import tree_flatten  # noqa: PLC0415
    from mlx_embeddings.models import bert  # noqa: PLC0415

    full = {**BERT, **config}
    if ranks:
        full |= {"architectures": ["BertForSequenceClassification"], "id2label": {"0": "LABEL_0"}}
    mx.random.seed(3)
    model = bert.Model(bert.ModelArgs.from_dict(full))
    weights = {
        name: mx.random.normal(array.shape) * 0.2
        for name, array in tree_flatten(model.parameters())
    }
    if ranks:
        weights = {f"bert.{name}": array for name, array in weights.items()}
        weights["classifier.weight"] = mx.random.normal((1, full["hidden_size"]))
        weights["classifier.bias"] = mx.array([0.1])
    folder.mkdir(parents=True)
    mx.save_safetensors(str(folder / "model.safetensors"), weights)
    write_json(folder / "config.json", full)
    _write_pair_tokenizer(folder)
    if not ranks:
        declare_embeddings(folder, pooling="mean", width=full["hidden_size"])
    return folder


def change_config(folder: Path, **changes: Any) -> None:
    """Set fields of ``config.json``."""
    file = folder / "config.json"
    write_json(file, {**json.loads(file.read_text(encoding="utf-8")), **changes})


def write_json(file: Path, value: Any) -> None:
    """Write a file and the folder it is in."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value), encoding="utf-8")


def _write_pair_tokenizer(folder: Path) -> None:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.add_special_tokens(["[CLS]", "[SEP]"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", CLS), ("[SEP]", SEP)],
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "sep_token": "[SEP]"}
    write_json(folder / "tokenizer_config.json", settings)
