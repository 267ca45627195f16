"""Whether a model fits, with the arithmetic."""

from mlx_manager.schemas.model import FitVerdict
from mlx_manager.services.model_facts import dtype, family, fit, quantization

SHAPE = {
    "model_type": "qwen3",
    "num_hidden_layers": 36,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "hidden_size": 2560,
    "max_position_embeddings": 40960,
}
PER_TOKEN = 2 * 36 * 8 * 128 * 2
GB = 10**9


def test_weights_and_cache_are_added_and_compared() -> None:
    found = fit(2_260_000_000, SHAPE, 8192, 16 * GB)
    assert found.kv_bytes_per_token == PER_TOKEN
    assert found.kv_cache_bytes == 8192 * PER_TOKEN
    assert found.needed_bytes == 2_260_000_000 + 8192 * PER_TOKEN
    assert (found.verdict, found.largest_context) == (FitVerdict.FITS, 40960)
    assert found.explanation == (
        "2.26 GB of weights + 8,192 tokens x 147.5 kB = 1.21 GB of KV cache: 3.47 GB; models may "
        "take 16.00 GB."
    )


def test_less_than_a_tenth_to_spare_is_tight_and_one_byte_too_many_too_large() -> None:
    needed = 1000 + 10 * PER_TOKEN
    assert fit(1000, SHAPE, 10, needed).verdict is FitVerdict.TIGHT
    assert fit(1000, SHAPE, 10, needed - 1).verdict is FitVerdict.TOO_LARGE
    assert fit(1000, SHAPE, 10, needed - 1).largest_context == 9
    assert fit(1000, SHAPE, 10, needed * 2).verdict is FitVerdict.FITS


def test_what_is_not_known_is_said() -> None:
    unknown = fit(None, SHAPE, 10, GB)
    assert (unknown.verdict, unknown.needed_bytes) == (FitVerdict.UNKNOWN, None)
    shapeless = fit(1000, None, 10, GB)
    assert (shapeless.verdict, shapeless.kv_cache_bytes) == (FitVerdict.FITS, None)
    assert "unknown size" in shapeless.explanation


def test_a_context_is_cut_to_the_models_own() -> None:
    assert fit(1000, SHAPE, 10**6, 100 * GB).context_length == 40960


def test_facts_are_read_from_the_places_where_models_keep_them() -> None:
    assert (
        quantization({"quantization": {"bits": 4, "group_size": 32, "mode": "mxfp4"}}) is not None
    )
    awq = quantization({"quantization_config": {"quant_method": "awq", "bits": 4}})
    assert awq is not None
    assert (awq.mode, awq.group_size) == ("awq", None)
    assert quantization({"quantization": True}) is None
    assert dtype({"text_config": {"torch_dtype": "bfloat16"}}) == "bfloat16"
    assert dtype({"torch_dtype": 3}) is None
    assert family({"model_type": ["x"]}) is None
