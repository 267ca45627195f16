"""The manager's OpenAPI document holds: no 5xx of its own, no status it does not name, and nobody
gets past the security it declares."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from mlx_manager.db.prepare import prepare
from tests.fuzz.running_manager import RunningManager, manager_in_thread
from tests.routers.test_roles import CASES
from tests.settings import manager_settings

EXAMPLES = 10
BRIEFLY = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
OPEN = {
    "GET /api/auth/setup",
    "POST /api/auth/register",
    "POST /api/auth/login",
    "GET /health",
    "GET /metrics",
}
OFFLINE = {503, 502, 504}
"""The hub's, in words of ours: there is none here."""

ODD_VALUES: list[Any] = [
    None, True, 0, -1, 1.5, 1e300, 10**30, "", " ", "\x00", "\ud800", "\u202e", "x" * 5000,
    "../../etc", [], {}, [None], [[]], {"a": "\ud83d"}, float("nan"), float("inf"),
    "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00",
]  # fmt: skip
ODD_TEXTS = [
    "", "0", "-1", "9" * 30, "\x00", "\u00e9", "nan", "1e400", "x" * 2000, "2026-13-45",
    "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00-14:00", "9999-12-31T23:59:59+14:00", "true", "null", "day", "%", "'",
]  # fmt: skip
RAW = [b"", b"\xff\xfe", b'{"a"', b"[" * 100_000, b'"\\ud800"', b"null", b"\x00", b"{}" * 3]


@pytest.fixture(scope="module")
def manager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningManager]:
    folder = tmp_path_factory.mktemp("fuzzed")
    chosen = manager_settings(
        database_path=folder / "manager.db",
        log_dir=folder / "logs",
        hf_cache_path=folder / "hub",
        offline_mode=True,
    )
    prepare(chosen.database_path)
    with manager_in_thread(chosen, folder) as running:
        yield running


def with_known_ids(manager: RunningManager) -> dict[str, Any]:
    """The document with ids that are there in its paths: else nearly all would be a 404."""
    document = copy.deepcopy(manager.document)
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    parameter["schema"] = {"enum": [manager.ids[parameter["name"]]]}
    return document


def check(manager: RunningManager, method: str, route: str, status: int, sent: str) -> None:
    allowed = manager.declared(method, route)
    said = f"{method} {route} answered {status}, not one of {sorted(allowed)}: {sent[:2000]}"
    assert status in allowed, said
    assert status < 500 or status in OFFLINE, said


def test_what_the_document_allows_is_answered_as_it_says(manager: RunningManager) -> None:
    asked: dict[str, set[int]] = {}
    schema = schemathesis.openapi.from_dict(with_known_ids(manager))
    operations = [result.ok() for result in schema.get_all_operations()]
    # What ends sessions or deletes things comes last.
    for operation in sorted(operations, key=lambda each: each.method.upper() == "DELETE"):
        method, route = operation.method.upper(), operation.path
        takes_nothing = not manager.document["paths"][route][method.lower()].keys() & {
            "parameters",
            "requestBody",
        }

        @settings(BRIEFLY, max_examples=1 if takes_nothing else EXAMPLES)
        @given(case=operation.as_strategy())
        def send(case: Any) -> None:
            method, route = case.method.upper(), case.path
            made = case.as_transport_kwargs(base_url=str(manager.client.base_url))
            content = made.get("data")
            if made.get("json") is not None:
                content = json.dumps(made["json"]).encode()
            status, text = manager.send(
                method,
                made["url"],
                route,
                token=manager.token_for(method, route),
                params=made.get("params"),
                content=content,
            )
            asked.setdefault(f"{method} {route}", set()).add(status)
            check(manager, method, route, status, f"{content!r} {made['url']} {text}")

        send()
    assert asked.keys() == {
        f"{method.upper()} {route}"
        for route, methods in manager.document["paths"].items()
        for method in methods
    }
    reached = [route for route, statuses in asked.items() if any(s < 300 for s in statuses)]
    assert len(reached) >= 0.6 * len(asked), sorted(set(asked) - set(reached))


FULL: dict[str, dict[str, Any]] = {
    "POST /api/keys": {
        "name": "laptop",
        "expires_at": "2030-01-01T00:00:00Z",
        "allowed_models": ["mlx-community/*"],
        "requests_per_minute": 60,
        "tokens_per_day": 10**6,
        "priority": "low",
    },
    "POST /api/chat/conversations": {"title": "A chat", "model": "mlx-manager/guide"},
    "POST /api/chat/conversations/{conversation_id}/messages": {
        "content": "Hi",
        "model": "mlx-manager/guide",
        "thinking": False,
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {"a": {}}}}],
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 8,
        "seed": 7,
    },
    "POST /api/models/downloads": {"model": "mlx-community/Tiny-4bit", "revision": "main"},
}
"""Bodies with every field, where the table of roles has the shortest."""


def damaged(body: Any) -> Iterator[Any]:
    """The body with each of its places holding each odd value, and with places nobody knows."""
    if isinstance(body, dict):
        yield {**body, "\ud800": 1}
        yield {**body, "unknown": {"\udfff": "\ud800"}}
    places = list(body) if isinstance(body, dict) else range(len(body))
    for place in places:
        for odd in ODD_VALUES:
            changed = copy.deepcopy(body)
            changed[place] = odd
            yield changed
        if isinstance(body[place], dict | list):
            for inner in damaged(body[place]):
                changed = copy.deepcopy(body)
                changed[place] = inner
                yield changed


def test_no_odd_body_breaks_a_route(manager: RunningManager) -> None:
    for case in CASES:
        if case.body is None:
            continue
        path, route = case.route.format(**manager.ids), case.route.partition("?")[0]
        token = manager.token_for(case.method, route)
        whole = FULL.get(f"{case.method} {route}", case.body)
        bodies = [json.dumps(body).encode() for body in damaged(whole)]
        for content in (*bodies, *RAW):
            status, text = manager.send(case.method, path, route, token=token, content=content)
            check(manager, case.method, route, status, f"{content!r} {text}")


def test_no_odd_query_breaks_a_route(manager: RunningManager) -> None:
    for route, methods in manager.document["paths"].items():
        for method, operation in methods.items():
            queries = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
            for name in queries:
                for value in ODD_TEXTS:
                    status, text = manager.send(
                        method.upper(),
                        route.format(**manager.ids),
                        route,
                        token=manager.token_for(method.upper(), route),
                        params={name: value},
                    )
                    check(manager, method.upper(), route, status, f"{name}={value!r} {text}")


def test_nobody_gets_past_the_security_that_is_declared(manager: RunningManager) -> None:
    head, claims, signature = manager.token.split(".")
    others = signature[:-4] + ("AAAA" if signature[-4:] != "AAAA" else "BBBB")
    wrong = [None, "-", "x", f"{head}.{claims}.", f"{head}.{claims}.{others}", "mlx-made-up"]
    undeclared = set()
    for route, methods in manager.document["paths"].items():
        for method, operation in methods.items():
            if not operation.get("security"):
                undeclared.add(f"{method.upper()} {route}")
                continue
            for token in wrong:
                status, text = manager.send(
                    method.upper(), route.format(**manager.ids), route, token=token
                )
                assert (status, json.loads(text)["code"]) == (401, "not_signed_in"), (route, token)
    assert undeclared == OPEN
