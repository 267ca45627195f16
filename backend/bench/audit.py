"""Reading a million audit rows: every page and sum that the dashboard asks for, over HTTP.

The rows are of 200 users, 500 keys of two models each, of 8, over 90 days: all of them call on
every day. One row in twenty failed, none of a ninth model, which one row in eight is of. The daily
sums of usage are those of ten million requests, of 2,000 keys of two models each, over the same
days. The sums over longer spans are made by the migrations, as at the first start of a version.
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
from mlx_manager.db.prepare import migrate, prepare

ROWS, QUICK_ROWS = 1_000_000, 100_000
USERS, KEYS, MODELS, DAYS = 200, 500, 8, 90
CALLING_KEYS, CALLS_A_DAY = 2_000, 28
BEFORE_SUMS = "0006"
"""The revision of the database whose rows the later ones add up."""
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
    "failures of a model that has none": "/api/audit?model=quiet&failed=true",
    "failures of one model, in the middle": "/api/audit?model=model-3&failed=true&until={middle}",
    "writes that failed": "/api/audit?area=api&failed=true",
    "the oldest page": "/api/audit?until={oldest}",
    "statistics of a day": "/api/audit/statistics",
    "statistics of 30 days": "/api/audit/statistics?since={month}",
    "statistics of 90 days": "/api/audit/statistics?since={quarter}T00:00:00Z",
    "failures in 90 days": "/api/audit/statistics?since={quarter}T00:00:00Z&failed=true",
    "statistics of one model, 30 days": "/api/audit/statistics?since={month}&model=model-3",
    "statistics of one user, 30 days": "/api/audit/statistics?since={month}&user_id={user}",
    **{
        f"usage by {by}, {name}": f"/api/usage?all=true&limit=200&by={by}&since={since}"
        for by in ("day", "user", "key", "model")
        for name, since in (("30 days", "{recent}"), ("90 days", "{quarter}"))
    },
    "usage of one model by user, 90 days": (
        "/api/usage?all=true&by=user&limit=200&model=model-3&since={quarter}"
    ),
    "usage of one key by day, 90 days": "/api/usage?key_id={key}&all=true&since={quarter}",
    "one's own usage by day": "/api/usage",
    "one user's usage by model, 90 days": "/api/usage?user_id={user}&by=model&since={quarter}",
}


def run(*, quick: bool) -> None:
    """Print a table of medians and 95th percentiles."""
    rows, rounds = (QUICK_ROWS, 11) if quick else (ROWS, 31)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        environment = manager_environment(Path(name))
        path = Path(environment["MLX_MANAGER_DATABASE_PATH"])
        migrate(path, BEFORE_SUMS)
        began = time.perf_counter()
        _fill(path, rows)
        filled = time.perf_counter() - began
        began = time.perf_counter()
        prepare(path)
        summed = time.perf_counter() - began
        port = free_port()
        stack.enter_context(serve(manager_command(port), port, environment=environment))
        size = path.stat().st_size / rows
        print(
            f"{rows:,} rows, made in {filled:.0f} s, summed in {summed:.0f}, {size:.0f} bytes each"
        )
        print(f"{DAYS * CALLING_KEYS * 2 * CALLS_A_DAY:,} requests in the daily sums\n")
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
        "oldest": f"{day(DAYS - 1)}T00:00:00Z",
        "month": f"{day(30)}T00:00:00Z",
        "recent": day(29),
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
    connection.execute(_SUMS, {"newest": newest, "calls": CALLS_A_DAY})
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
      abs(random()) % 2 AS choice, abs(random()) % 8 = 0 AS quiet
    FROM numbers
  )
INSERT INTO audit_logs
SELECT moment, strftime('%Y-%m-%d %H:%M:%S.000000', moment / 1000000, 'unixepoch'), 'req-' || n,
  CASE WHEN writes THEN 'api' ELSE 'v1' END, 'POST',
  CASE WHEN writes THEN '/api/keys' ELSE '/v1/chat/completions' END,
  CASE WHEN failed AND NOT quiet THEN 500 ELSE 200 END,
  CASE WHEN failed AND NOT quiet THEN 'engine_failed' END, 'key',
  printf('%032x', key % {USERS}), printf('%032x', key),
  CASE WHEN writes THEN NULL WHEN quiet THEN 'quiet'
    ELSE 'model-' || ((key + choice) % {MODELS}) END,
  abs(random()) % 4000, abs(random()) % 500, abs(random()) % 2000,
  0.5, 80.0, 900.0, 1000.0, '127.0.0.1', 'openai-python/3.52', NULL
FROM drawn
"""

_SUMS = f"""
WITH RECURSIVE
  days(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM days WHERE n < {DAYS - 1}),
  keys(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM keys WHERE n < {CALLING_KEYS - 1}),
  choices(n) AS (VALUES (0), (1))
INSERT INTO usage_daily
SELECT date(:newest / 1000000, 'unixepoch', '-' || days.n || ' days'),
  printf('%032x', keys.n % {USERS}), printf('%032x', keys.n),
  'model-' || ((keys.n + choices.n) % {MODELS}), :calls, 1, 40000, 6000, 20000, 25000.0
FROM days, keys, choices
"""
