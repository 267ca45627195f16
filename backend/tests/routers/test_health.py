"""Health and metrics, over HTTP."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mlx_manager import __version__
from tests.manager import Manager
from tests.routers.talk import ask

pytestmark = pytest.mark.anyio


async def test_health_tells_both_halves(manager: Manager) -> None:
    ada = await manager.administrator()
    before = (await ada.get("/health")).json()
    assert before == {
        "status": "healthy",
        "version": __version__,
        "database": {"status": "ok", "reason": None},
        "inference": {
            "status": "ok",
            "reason": None,
            "models_resident": [],
            "memory_used_bytes": 0,
            "memory_budget_bytes": 10**6,
            "requests_running": 0,
            "requests_waiting": 0,
        },
    }
    await ask(ada)
    after = (await ada.get("/health")).json()["inference"]
    assert after["models_resident"] == ["mlx-manager/guide"]
    assert after["memory_used_bytes"] > 0


async def test_a_broken_engine_is_told_with_its_reason(manager: Manager) -> None:
    manager.engine.crash("out of luck")
    reply = (await (await manager.client()).get("/health")).json()
    assert (reply["status"], reply["database"]["status"]) == ("degraded", "ok")
    assert (reply["inference"]["status"], reply["inference"]["reason"]) == (
        "degraded",
        "out of luck",
    )


async def test_metrics_tell_what_models_did_and_nothing_of_who_asked(manager: Manager) -> None:
    ada = await manager.administrator()
    message = await ask(ada)
    guide = "mlx-manager/guide"
    text = (await ada.get("/metrics")).text
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert samples["mlx_manager_model_requests_total", guide, "ok"] == 1
    tokens = message["usage"]["completion_tokens"]
    assert samples["mlx_manager_tokens_total", "completion", guide] == tokens > 0
    assert samples["mlx_manager_decode_seconds_bucket", "0.25", guide] == 0
    assert samples["mlx_manager_decode_seconds_bucket", "0.5", guide] == 1
    assert samples["mlx_manager_decode_seconds_bucket", "+Inf", guide] == 1
    assert samples["mlx_manager_decode_seconds_sum", guide] == 0.5
    assert samples["mlx_manager_prefix_cache_hits_total", guide] == 0
    assert samples["mlx_manager_model_weights_bytes", guide] > 0
    assert samples["mlx_manager_models_resident",] == 1
    assert samples["mlx_manager_audit_rows_lost_total",] == 0
    me = (await ada.get("/api/auth/me")).json()
    assert me["id"] not in text
    assert me["email"] not in text


async def test_metrics_are_prometheus_text_that_counts(manager: Manager) -> None:
    ada = await manager.administrator()
    await ada.get("/api/nowhere")
    reply = await ada.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }
    assert samples["mlx_manager_up",] == 1
    assert samples["mlx_manager_memory_budget_bytes",] == 10**6
    assert samples["mlx_manager_build", __version__] == 1
    assert samples["mlx_manager_http_requests_total", "201", "api"] == 1
    assert samples["mlx_manager_http_requests_total", "404", "api"] == 1
    again = (await ada.get("/metrics")).text
    assert 'mlx_manager_http_requests_total{area="pages",status="200"} 1.0' in again
