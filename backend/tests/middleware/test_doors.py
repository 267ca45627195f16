"""What happens around every request, over HTTP."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import Start
from tests.manager import Manager

pytestmark = pytest.mark.anyio
PAGE = '<!doctype html><script>start()</script><script src="/_app/a.js"></script>'


@pytest.fixture
async def anyone(manager: Manager) -> httpx.AsyncClient:
    return await manager.client()


@pytest.mark.parametrize("route", ["/", "/health", "/api/auth/setup", "/v1/models", "/nowhere"])
async def test_an_unknown_host_is_misdirected(anyone: httpx.AsyncClient, route: str) -> None:
    reply = await anyone.get(route, headers={"host": "evil.example"})
    assert reply.status_code == 421
    body = reply.json()
    assert "MLX_MANAGER_ALLOWED_HOSTS" in str(body)
    assert (body["error"]["code"] if route.startswith("/v1") else body["code"]) == "unknown_host"


@pytest.mark.parametrize("route", ["/api/auth/login", "/v1/chat/completions"])
async def test_a_page_from_elsewhere_is_refused_before_anything_is_read(
    anyone: httpx.AsyncClient, route: str
) -> None:
    for headers in (
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},  # a form that is posted
    ):
        reply = await anyone.post(route, content=b"{}", headers=headers)
        assert reply.status_code == 403
        assert "cross_origin_refused" in reply.text
        assert "access-control-allow-origin" not in reply.headers
    preflight = {"origin": "http://evil.example", "access-control-request-method": "POST"}
    assert (await anyone.options(route, headers=preflight)).status_code == 403


async def test_our_own_page_and_a_followed_link_come_in(
    manager: Manager, anyone: httpx.AsyncClient
) -> None:
    own = await anyone.get("/api/auth/setup", headers={"origin": manager.url})
    assert own.status_code == 200
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert (await anyone.get("/", headers=link)).status_code == 200
    typed = {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}
    assert (await anyone.get("/", headers=typed)).status_code == 200


async def test_a_configured_origin_is_served_with_its_preflight(start: Start) -> None:
    origin = "https://app.example.com"
    async with start(cors_origins=(origin,)) as manager:
        anyone = await manager.client(origin=origin)
        preflight = {
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization, content-type",
        }
        asked = await anyone.options("/v1/chat/completions", headers=preflight)
        assert asked.status_code == 200
        assert asked.headers["access-control-allow-origin"] == origin
        assert "authorization" in asked.headers["access-control-allow-headers"].lower()
        served = await anyone.get("/v1/models")
        assert served.headers["access-control-allow-origin"] == origin
        assert "x-request-id" in served.headers["access-control-expose-headers"]
        other = await anyone.get("/v1/models", headers={"origin": "https://other.example.com"})
        assert other.status_code == 403


@pytest.mark.parametrize("route", ["/", "/health", "/api/nowhere", "/v1/models", "/v1/nowhere"])
async def test_every_reply_is_named_and_not_sniffed(anyone: httpx.AsyncClient, route: str) -> None:
    fresh = await anyone.get(route)
    assert fresh.headers["x-request-id"].startswith("req_")
    assert fresh.headers["x-content-type-options"] == "nosniff"
    assert fresh.headers["referrer-policy"] == "no-referrer"
    given = await anyone.get(route, headers={"x-request-id": "trace-1.a:B_2"})
    assert given.headers["x-request-id"] == "trace-1.a:B_2"
    for unfit in ("a b", "x" * 129, "ü", '"'):
        reply = await anyone.get(route, headers={b"x-request-id": unfit.encode()})
        assert reply.headers["x-request-id"].startswith("req_")


async def test_one_line_is_logged_for_each_request_without_its_query(
    anyone: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="mlx_manager.access")
    reply = await anyone.get("/api/nowhere%0aforged?key=secret")
    lines = [record.message for record in caplog.records if record.name == "mlx_manager.access"]
    assert len(lines) == 1
    assert lines[0].startswith("GET '/api/nowhere\\nforged' 404 ")
    assert lines[0].endswith(f"127.0.0.1 {reply.headers['x-request-id']}")
    assert "secret" not in lines[0]


async def test_a_body_that_is_too_large_is_refused_announced_or_not(
    anyone: httpx.AsyncClient,
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 1024 * 1024

    for content in (b" " * 17 * 1024 * 1024, pieces()):
        reply = await anyone.post("/api/auth/login", content=content)
        assert (reply.status_code, reply.json()["code"]) == (413, "body_too_large")


@pytest.fixture
async def dashboard(start: Start, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a manager with a bundle, asking as a browser does."""
    immutable = tmp_path / "static" / "_app" / "immutable"
    immutable.mkdir(parents=True)
    (immutable / "a.123.js").write_text("start = 1")
    (tmp_path / "static" / "index.html").write_text(PAGE)
    async with start() as manager:
        yield await manager.client(accept="text/html,*/*;q=0.8")


@pytest.mark.parametrize("route", ["/", "/chat", "/chat/abc", "/login?next=%2Fchat"])
async def test_the_dashboard_answers_its_own_routes(
    dashboard: httpx.AsyncClient, route: str
) -> None:
    reply = await dashboard.get(route)
    assert (reply.status_code, reply.text) == (200, PAGE)
    policy = reply.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    # printf 'start()' | openssl dgst -sha256 -binary | base64
    assert "'sha256-DIm7WJS6ZKDYe5qFLPy+h4JFI9Bol5QmYC57mt3Fb00='" in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    assert reply.headers["cache-control"] == "no-cache"


async def test_a_page_runs_only_its_own_scripts_and_nobody_frames_or_sniffs_it(
    dashboard: httpx.AsyncClient,
) -> None:
    headers = (await dashboard.get("/chat")).headers
    rules = (rule.split(" ") for rule in headers["content-security-policy"].split("; "))
    policy = {name: values for name, *values in rules}
    assert policy["default-src"] == ["'self'"]
    own, digest = policy["script-src"]
    assert own == "'self'"
    assert digest.startswith("'sha256-")
    assert policy["object-src"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["base-uri"] == policy["form-action"] == ["'self'"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


async def test_a_dashboard_that_is_built_again_gets_its_new_policy(
    dashboard: httpx.AsyncClient, tmp_path: Path
) -> None:
    before = (await dashboard.get("/")).headers["content-security-policy"]
    (tmp_path / "static" / "index.html").write_text("<script>other()</script>")
    assert (await dashboard.get("/")).headers["content-security-policy"] != before


@pytest.mark.parametrize("route", ["/api", "/api/", "/api/nowhere", "/v1/nowhere", "/v1"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
async def test_what_the_api_does_not_have_is_a_json_404_and_never_a_page(
    dashboard: httpx.AsyncClient, route: str, method: str
) -> None:
    reply = await dashboard.request(method, route)
    assert reply.status_code == 404
    body = reply.json()
    assert (body["error"]["code"] if route.startswith("/v1") else body["code"]) == "not_found"


async def test_files_are_served_and_kept_and_missing_ones_are_missing(
    dashboard: httpx.AsyncClient,
) -> None:
    found = await dashboard.get("/_app/immutable/a.123.js")
    assert found.text == "start = 1"
    assert "immutable" in found.headers["cache-control"]
    missing = await dashboard.get("/_app/immutable/b.js", headers={"accept": "*/*"})
    assert missing.status_code == 404
    outside = await dashboard.get("/..%2f..%2fetc/passwd", headers={"accept": "*/*"})
    assert outside.status_code == 404
    assert (await dashboard.head("/")).status_code == 200


async def test_a_wrong_method_says_which_are_right(anyone: httpx.AsyncClient) -> None:
    reply = await anyone.get("/api/auth/login")
    assert (reply.status_code, reply.json()["code"]) == (405, "method_not_allowed")
    assert reply.headers["allow"] == "POST"
    several = await anyone.patch("/api/chat/conversations")
    assert several.headers["allow"] == "GET, POST"


async def test_without_a_bundle_the_page_says_how_to_build_one(anyone: httpx.AsyncClient) -> None:
    reply = await anyone.get("/")
    assert reply.status_code == 200
    assert "make build" in reply.text
    assert (await anyone.head("/")).status_code == 200
