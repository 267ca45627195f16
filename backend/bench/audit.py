"""Reading a million audit rows: every page and sum that the dashboard asks for, over HTTP.

The rows are of 200 users, 500 keys and 8 models over 90 days; one in twenty failed.
"""

import asyncio
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx

from bench.processes import free_port, manager_command, manager_environment, serve
from mlx_manager.db.prepare import prepare

ROWS, QUICK_ROWS = 1_000_000, 100_000
USERS, KEYS, MODELS, DAYS = 200, 500, 8, 90
DAY_US = 86_400_000_000
TARGET_MS = 100.0
PASSWORD = "a quiet instrument"
PATHS = {
    "newest page": "/api/audit",
    "a page in the middle": "/api/audit?until={middle}",
    "one user": "/api/audit?user_id={user}",
    "one user, one model": "/api/audit?user_id={user}&model=model-3",
    "one user, failures": "/api/audit?user_id={user}&failed=true",
    "one key": "/api/audit?key_id={key}",
    "one model": "/api/audit?model=model-3",
    "failures": "/api/audit?failed=true",
    "writes under /api": "/api/audit?area=api",
    "one request": "/api/audit?request_id=req-77",
    "nothing found": "/api/audit?user_id={user}&model=none",
    "statistics of a day": "/api/audit/statistics",
    "statistics of 30 days": "/api/audit/statistics?since={month}",
    "usage by day": "/api/usage?all=true",
    "usage by user, 90 days": "/api/usage?all=true&by=user&limit=200&since={quarter}",
    "usage by key, 90 days": "/api/usage?all=true&by=key&limit=200&since={quarter}",
    "usage by model, 90 days": "/api/usage?all=true&by=model&since={quarter}",
    "one's own usage": "/api/usage",
}


def run(*, quick: bool) -> None:
    """Print a table of medians and 95th percentiles."""
    rows, rounds = (QUICK_ROWS, 11) if quick else (ROWS, 31)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        environment = manager_environment(Path(name))
        path = Path(environment["MLX_MANAGER_DATABASE_PATH"])
        prepare(path)
        began = time.perf_counter()
        _fill(path, rows)
        filled = time.perf_counter() - began
        port = free_port()
        stack.enter_context(serve(manager_command(port), port, environment=environment))
        size = path.stat().st_size / rows
        print(f"{rows:,} rows, made in {filled:.0f} s, {size:.0f} bytes each\n")
        asyncio.run(_measure(f"http://127.0.0.1:{port}", rounds))


async def _measure(url: str, rounds: int) -> None:
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        account = {"email": "ada@example.com", "password": PASSWORD}
        await client.post("/api/auth/register", json=account)
        token = (await client.post("/api/auth/login", json=account)).json()["access_token"]
        client.headers["authorization"] = f"Bearer {token}"
        print("| request | median ms | 95 % ms | |")
        print("|---|---|---|---|")
        for name, template in PATHS.items():
            path = template.format(**_places())
            times = sorted([await _timed(client, path) for _ in range(rounds)])
            median, high = statistics.median(times), times[int(len(times) * 0.95)]
            verdict = "" if high < TARGET_MS else f"over {TARGET_MS:.0f} ms"
            print(f"| {name} | {median:.1f} | {high:.1f} | {verdict} |", flush=True)


async def _timed(client: httpx.AsyncClient, path: str) -> float:
    began = time.perf_counter()
    reply = await client.get(path)
    reply.raise_for_status()
    return (time.perf_counter() - began) * 1000


def _places() -> dict[str, str]:
    now = time.time()

    def day(days_ago: int) -> str:
        return time.strftime("%Y-%m-%d", time.gmtime(now - days_ago * 86_400))

    return {
        "user": f"{7:032x}",
        "key": f"{7:032x}",
        "middle": f"{day(DAYS // 2)}T00:00:00Z",
        "month": f"{day(30)}T00:00:00Z",
        "quarter": day(DAYS - 1),
    }


def _fill(path: Path, rows: int) -> None:
    connection = sqlite3.connect(path)
    marks = ", ".join("?" * 22)
    connection.executemany(f"INSERT INTO audit_logs VALUES ({marks})", _rows(rows))
    connection.execute(
        "INSERT INTO usage_daily SELECT date(started_at), coalesce(user_id, ''),"
        " coalesce(key_id, ''), model, count(*), sum(status >= 400), sum(prompt_tokens),"
        " sum(completion_tokens), sum(cached_tokens), sum(duration_ms)"
        " FROM audit_logs WHERE model IS NOT NULL GROUP BY 1, 2, 3, 4"
    )
    connection.commit()
    connection.close()


def _rows(rows: int) -> Iterator[tuple[object, ...]]:
    source = random.Random(0)
    newest = time.time_ns() // 1000
    step = DAYS * DAY_US // rows
    for number in range(rows):
        moment = newest - (rows - number) * step
        started = time.strftime("%Y-%m-%d %H:%M:%S.000000", time.gmtime(moment / 1e6))
        is_write = source.random() < 0.02
        status = 500 if source.random() < 0.05 else 200
        key = source.randrange(KEYS)
        yield (
            *(moment, started, f"req-{number}", "api" if is_write else "v1", "POST"),
            "/api/keys" if is_write else "/v1/chat/completions",
            *(status, "engine_failed" if status == 500 else None, "key"),
            *(f"{key % USERS:032x}", f"{key:032x}"),
            None if is_write else f"model-{source.randrange(MODELS)}",
            *(source.randrange(4000), source.randrange(500), source.randrange(2000)),
            *(0.5, 80.0, 900.0, 1000.0, "127.0.0.1", "openai-python/3.52", None),
        )
