"""What a ``config.json`` says of a model, in the words of the API; and whether it fits."""

from collections.abc import Mapping
from typing import Any

from mlx_manager.mlx_server.core import architecture
from mlx_manager.mlx_server.models.files import BYTES_PER_VALUE
from mlx_manager.schemas.model import Fit, FitVerdict, Quantization

_TIGHT_PERCENT = 90


def quantization(config: Mapping[str, Any]) -> Quantization | None:
    """Null for a model in full precision."""
    for key in ("quantization", "quantization_config"):
        found = config.get(key)
        if isinstance(found, Mapping):
            mode = found.get("mode") or found.get("quant_method")
            return Quantization(
                bits=_number(found, "bits"),
                group_size=_number(found, "group_size"),
                mode=mode if isinstance(mode, str) else None,
            )
    return None


def family(config: Mapping[str, Any]) -> str | None:
    """The architecture's name."""
    kind = config.get("model_type")
    return kind if isinstance(kind, str) else None


def dtype(config: Mapping[str, Any]) -> str | None:
    """What unquantised numbers are stored as."""
    for where in (config, config.get("text_config")):
        if isinstance(where, Mapping):
            kind = where.get("dtype") or where.get("torch_dtype")
            if isinstance(kind, str):
                return kind
    return None


def fit(
    weights_bytes: int | None, config: Mapping[str, Any] | None, context: int, budget_bytes: int
) -> Fit:
    """Weights plus the KV cache of a conversation of ``context`` tokens, against the budget.

    The cache is that of full attention in 16 bits: an upper bound for sliding windows. A context
    beyond the model's own is cut to it.
    """
    per_token: int | None = None
    longest: int | None = None
    if config is not None:
        per_token = architecture.kv_bytes_per_token(config, BYTES_PER_VALUE) or None
        longest = architecture.context_length(config)
        context = min(context, longest)
    cache = None if per_token is None else per_token * context
    needed = None if weights_bytes is None else weights_bytes + (cache or 0)
    largest: int | None = None
    if weights_bytes is not None and per_token is not None and longest is not None:
        largest = min(longest, max(0, budget_bytes - weights_bytes) // per_token)
    return Fit(
        verdict=_verdict(needed, budget_bytes),
        context_length=context,
        weights_bytes=weights_bytes,
        kv_bytes_per_token=per_token,
        kv_cache_bytes=cache,
        needed_bytes=needed,
        budget_bytes=budget_bytes,
        largest_context=largest,
        explanation=_explain(weights_bytes, per_token, context, budget_bytes),
    )


def _verdict(needed: int | None, budget: int) -> FitVerdict:
    if needed is None:
        return FitVerdict.UNKNOWN
    if needed > budget:
        return FitVerdict.TOO_LARGE
    return FitVerdict.TIGHT if needed * 100 > budget * _TIGHT_PERCENT else FitVerdict.FITS


def _explain(weights: int | None, per_token: int | None, context: int, budget: int) -> str:
    allowed = f"models may take {gigabytes(budget)}"
    if weights is None:
        return f"The size of its weights is not known; {allowed}."
    if per_token is None:
        return f"{gigabytes(weights)} of weights, and a cache of unknown size; {allowed}."
    cache = per_token * context
    return (
        f"{gigabytes(weights)} of weights + {context:,} tokens x {per_token / 1000:.1f} kB = "
        f"{gigabytes(cache)} of KV cache: {gigabytes(weights + cache)}; {allowed}."
    )


def gigabytes(count: int) -> str:
    """Bytes for a person: ``4.31 GB``."""
    return f"{count / 1e9:.2f} GB"


def _number(found: Mapping[str, Any], key: str) -> int | None:
    value = found.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
