"""llmprobe (https://www.npmjs.com/package/llmprobe) run against a URL, and what it found."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conformance.node import run_program

RUN = ["--no-bench", "--no-save", "--no-color", "--reasoning", "default"]


@dataclass(frozen=True)
class Report:
    """Assertion ids with what llmprobe said of each.

    ``failed``: a MUST that does not hold. ``warnings``: a SHOULD that does not hold.
    ``inconclusive`` and ``unsupported``: tests (by their ids) that the model did not exercise, and
    that the server refused. ``passed`` are tests, ``musts`` the MUST assertions that hold.
    """

    failed: dict[str, str]
    warnings: dict[str, str]
    inconclusive: dict[str, str]
    unsupported: dict[str, str]
    passed: set[str]
    musts: int


def probe(url: str, key: str, model: str, folder: Path) -> Report:
    """Run every assertion; a few minutes."""
    saved = folder / "llmprobe.json"
    arguments = [url, "-k", key, "-m", model, *RUN, "--save", str(saved)]
    run = run_program("npx", "--no-install", "llmprobe", *arguments, HOME=str(folder))
    assert saved.exists(), run.stdout + run.stderr
    return _report(json.loads(saved.read_text(encoding="utf-8"))["conformance"])


def _report(conformance: dict[str, Any]) -> Report:
    results = conformance["results"]
    failures = [failure for result in results for failure in result["failures"]]
    return Report(
        failed={f["id"]: f["message"] for f in failures if f["severity"] == "MUST"},
        warnings={f["id"]: f["message"] for f in failures if f["severity"] != "MUST"},
        inconclusive=_by_outcome(results, "inconclusive"),
        unsupported=_by_outcome(results, "unsupported"),
        passed=set(_by_outcome(results, "pass")),
        musts=conformance["passed"],
    )


def _by_outcome(results: list[dict[str, Any]], outcome: str) -> dict[str, str]:
    return {r["id"]: r.get("reason", "") for r in results if r["outcome"] == outcome}
