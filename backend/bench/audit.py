"""Reading a million audit rows: every page and sum that the dashboard asks for, over HTTP.

The rows are of 200 users, 500 keys of two models each, of 8, over 90 days: all of them call on
every day. One row in twenty failed.
"""

import asyncio
import sqlite3
import statistics
import tempfile
import time
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
    """In SQLite's own words, and with the indexes made afterwards: seconds instead of minutes."""
    connection = sqlite3.connect(path)
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'audit_logs' AND sql LIKE '%INDEX%'"
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    newest = time.time_ns() // 1000
    values = {"rows": rows, "newest": newest, "step": DAYS * DAY_US // rows}
    connection.execute(_ROWS, values)
    connection.execute(_SUMS)
    for _, statement in indexes:
        connection.execute(statement)
    connection.commit()
    connection.close()


# One row in fifty is a write under /api, one in twenty failed.
_ROWS = f"""
WITH RECURSIVE
  numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < :rows - 1),
  drawn AS MATERIALIZED (
    SELECT n, :newest - (:rows - n) * :step AS moment, abs(random()) % 50 = 0 AS writes,
      abs(random()) % 20 = 0 AS failed, abs(random()) % {KEYS} AS key,
      abs(random()) % 2 AS choice
    FROM numbers
  )
INSERT INTO audit_logs
SELECT moment, strftime('%Y-%m-%d %H:%M:%S.000000', moment / 1000000, 'unixepoch'), 'req-' || n,
  CASE WHEN writes THEN 'api' ELSE 'v1' END, 'POST',
  CASE WHEN writes THEN '/api/keys' ELSE '/v1/chat/completions' END,
  CASE WHEN failed THEN 500 ELSE 200 END, CASE WHEN failed THEN 'engine_failed' END, 'key',
  printf('%032x', key % {USERS}), printf('%032x', key),
  CASE WHEN NOT writes THEN 'model-' || ((key + choice) % {MODELS}) END,
  abs(random()) % 4000, abs(random()) % 500, abs(random()) % 2000,
  0.5, 80.0, 900.0, 1000.0, '127.0.0.1', 'openai-python/3.52', NULL
FROM drawn
"""

_SUMS = """
INSERT INTO usage_daily
SELECT date(started_at), coalesce(user_id, ''), coalesce(key_id, ''), model, count(*),
  sum(status >= 400), sum(prompt_tokens), sum(completion_tokens), sum(cached_tokens),
  sum(duration_ms)
FROM audit_logs WHERE model IS NOT NULL GROUP BY 1, 2, 3, 4
"""
