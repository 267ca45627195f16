"""Whether a model makes embeddings or ranks texts: read from its files, never from its name.

The files are sentence-transformers' (sbert.net, "Creating Custom Models"): ``modules.json`` names
the steps, ``1_Pooling/config.json`` and ``1_LogitScore/config.json`` their settings.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlx_manager.mlx_server.core import architecture
from mlx_manager.mlx_server.core.embedding import EmbeddingProfile, Pooling, RankingProfile
from mlx_manager.mlx_server.errors import BadRequest, InvalidModel
from mlx_manager.mlx_server.models.files import read_config

_ROBERTA = {"roberta", "xlm-roberta", "xlm_roberta"}
_ENCODERS = {"bert", "modernbert"} | _ROBERTA
_KNOWN_STEPS = {"Transformer", "Pooling", "Normalize"}
_POOLING_KEYS = {
    "pooling_mode_lasttoken": Pooling.LAST,
    "pooling_mode_mean_tokens": Pooling.MEAN,
    "pooling_mode_cls_token": Pooling.CLS,
}
_CARD_TASK = re.compile(r"^\s*(?:-\s*|pipeline_tag:\s*)[\"']?text-ranking[\"']?\s*$", re.MULTILINE)


def read_embedding_profile(path: Path, model_id: str) -> EmbeddingProfile:
    """How this model embeds.

    Raises ``BadRequest`` where its files say that it does not, or not in a way served here.
    """
    config = read_config(path)
    steps = _steps(path)
    if "LogitScore" in steps or not (steps or (path / "1_Pooling").is_dir()):
        raise BadRequest(
            f"{model_id!r} is not an embedding model: its files have no modules.json or 1_Pooling/"
            "config.json that says how its vectors are made. Use a model such as Qwen3-Embedding.",
            param="model",
        )
    strange = [step for step in steps if step not in _KNOWN_STEPS]
    if strange or config.get("use_bidirectional_attention") or config.get("is_causal") is False:
        what = f"a {strange[0]!r} step" if strange else "attention that looks ahead"
        raise BadRequest(
            f"The embeddings of {model_id!r} need {what}, which this version cannot compute.",
            param="model",
        )
    width = _width(config)
    cuts = config.get("matryoshka_dimensions")
    return EmbeddingProfile(
        pooling=_pooling(path, config, model_id),
        width=width,
        max_tokens=_max_tokens(path, config),
        cuts=tuple(cut for cut in cuts if type(cut) is int) if isinstance(cuts, list) else (),
    )


def read_ranking_profile(path: Path, model_id: str) -> RankingProfile:
    """How this model scores a query and a document.

    Raises ``BadRequest`` where its files do not say that it can.
    """
    config = read_config(path)
    limit = _max_tokens(path, config)
    if any("SequenceClassification" in each for each in _architectures(config)):
        if config["model_type"] not in _ENCODERS - {"modernbert"}:
            raise BadRequest(
                f"The classification head of {model_id!r} ({config['model_type']}) is not "
                "supported; BERT and RoBERTa cross-encoders are.",
                param="model",
            )
        if _labels(config) != 1:
            raise BadRequest(
                f"{model_id!r} sorts texts into {_labels(config)} classes; a reranker has one "
                "score.",
                param="model",
            )
        return RankingProfile(judges=False, max_tokens=limit)
    if "LogitScore" in _steps(path) or _CARD_TASK.search(_card(path)):
        return RankingProfile(True, limit, _answer_tokens(path), _pair_template(path))
    raise BadRequest(
        f"{model_id!r} is not a reranker: neither a classification head, nor a LogitScore step in "
        "modules.json, nor the task text-ranking in its README says so. Use a model such as "
        "Qwen3-Reranker.",
        param="model",
    )


def _steps(path: Path) -> list[str]:
    """The last words of the module types: ``Transformer``, ``Pooling``, ``Normalize``."""
    modules = _read(path / "modules.json")
    if not isinstance(modules, list):
        return []
    types = [str(m.get("type", "")) for m in modules if isinstance(m, dict)]
    return [each.rpartition(".")[2] for each in types]


def _pooling(path: Path, config: Mapping[str, Any], model_id: str) -> Pooling:
    settings = _read(path / "1_Pooling" / "config.json")
    settings = settings if isinstance(settings, dict) else {}
    if isinstance(named := settings.get("pooling_mode"), str):  # sentence-transformers 5.4
        modes = [named]
    else:
        modes = [key for key, on in settings.items() if key.startswith("pooling_mode_") and on]
    known = [_POOLING_KEYS.get(mode) or _named_pooling(mode) for mode in modes]
    if not modes:
        return Pooling.MEAN if config["model_type"] in _ENCODERS else Pooling.LAST
    if len(known) != 1 or known[0] is None:
        raise BadRequest(
            f"The vectors of {model_id!r} are pooled by {' and '.join(modes)}; this version pools "
            "by the last token, the mean or the first token.",
            param="model",
        )
    return known[0]


def _named_pooling(mode: str) -> Pooling | None:
    return next((pooling for pooling in Pooling if pooling.value == mode), None)


def _width(config: Mapping[str, Any]) -> int:
    nested = config.get("text_config")
    width = config.get("hidden_size") or (nested or {}).get("hidden_size")
    if not isinstance(width, int):
        raise InvalidModel("config.json: 'hidden_size' is missing, the length of the vectors.")
    return width


def _max_tokens(path: Path, config: Mapping[str, Any]) -> int:
    limit = architecture.context_length(config)
    if config["model_type"] in _ROBERTA:
        # Its positions begin after the padding id (Hugging Face transformers, modeling_roberta).
        padding = config.get("pad_token_id")
        limit -= (padding if isinstance(padding, int) else 1) + 1
    settings = _read(path / "sentence_bert_config.json")
    stated = settings.get("max_seq_length") if isinstance(settings, dict) else None
    return min(limit, stated) if isinstance(stated, int) and stated > 0 else limit


def _architectures(config: Mapping[str, Any]) -> list[str]:
    named = config.get("architectures")
    return [str(each) for each in named] if isinstance(named, list) else []


def _labels(config: Mapping[str, Any]) -> int:
    labels = config.get("id2label")
    count = config.get("num_labels")
    if isinstance(labels, dict):
        return len(labels)
    return count if isinstance(count, int) else 2


def _answer_tokens(path: Path) -> tuple[int, ...] | None:
    settings = _read(path / "1_LogitScore" / "config.json")
    if not isinstance(settings, dict):
        return None
    named = (settings.get("true_token_id"), settings.get("false_token_id"))
    return tuple(token for token in named if isinstance(token, int)) or None


def _pair_template(path: Path) -> str | None:
    for name in ("additional_chat_templates/reranker.jinja", "chat_template.jinja"):
        template = _text(path / name)
        if re.search(r"[\"']document[\"']", template):
            return template
    return None


def _card(path: Path) -> str:
    """The front matter of the model card."""
    parts = _text(path / "README.md").split("---", 2)
    return parts[1] if len(parts) == 3 and not parts[0].strip() else ""


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _read(file: Path) -> Any:
    """The JSON of a file; None where there is none. Raises ``InvalidModel`` for a broken one."""
    text = _text(file)
    try:
        return json.loads(text) if text else None
    except ValueError as error:
        raise InvalidModel(f"{file}: not readable JSON ({error}).") from error
