"""`python -m guide_training.score`: how many held-out cases the guide gets right, by kind."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from guide_training.ask import in_process, over_http
from guide_training.blind import blind
from guide_training.held_out import cases, exercises
from guide_training.shape import FOLDER
from guide_training.verdict import Verdict, judge

NEEDED = {"overall": 0.95, "tool_call": 0.98}


def report(verdicts: list[Verdict]) -> bool:
    """Print the rates by kind; return whether they are what the guide needs."""
    total = Counter(item.kind for item in verdicts)
    right = Counter(item.kind for item in verdicts if item.right)
    thinking = [item for item in verdicts if item.case.thinking]
    for kind in sorted(total):
        print(f"{kind:12} {right[kind]:4} of {total[kind]:4}  {right[kind] / total[kind]:6.1%}")
    print(f"{'(thinking)':12} {sum(item.right for item in thinking):4} of {len(thinking):4}")
    overall = sum(right.values()) / len(verdicts)
    print(f"{'overall':12} {sum(right.values()):4} of {len(verdicts):4}  {overall:6.1%}")
    calls = right["tool_call"] / total["tool_call"] if total["tool_call"] else 1.0
    return overall >= NEEDED["overall"] and calls >= NEEDED["tool_call"]


def show(verdict: Verdict) -> None:
    """Print one wrong case."""
    expected = verdict.case.last.answer
    wanted = expected.get("content") or json.dumps(
        [call["function"] for call in expected.get("tool_calls", [])]
    )
    question = verdict.case.last.messages[0]["content"]
    print(f"\n[{verdict.kind}] {question}\n  wanted {wanted}")
    print(f"  got    {verdict.reply.text} {verdict.reply.calls or ''}")


def main() -> int:
    """Score the committed guide, or a running server with --url; exit 1 below what is needed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--url", help="a server to ask over HTTP, such as http://127.0.0.1:8080")
    parser.add_argument("--model", default="mlx-manager/guide")
    parser.add_argument("--key", default="x", help="API key for --url")
    parser.add_argument("--every", type=int, default=1, help="score only every n-th case")
    parser.add_argument("--failures", action="store_true", help="print the wrong cases")
    parser.add_argument(
        "--finding", action="store_true", help="exercises in finding a tool instead"
    )
    parser.add_argument("--blind", action="store_true", help="the second test instead")
    arguments = parser.parse_args()
    made = blind if arguments.blind else exercises if arguments.finding else cases
    chosen = made()[:: arguments.every]
    if arguments.url:
        replies = over_http(arguments.url, arguments.model, arguments.key, chosen)
    else:
        replies = in_process(arguments.folder, chosen)
    verdicts = [judge(case, reply) for case, reply in zip(chosen, replies, strict=True)]
    if arguments.failures:
        for verdict in verdicts:
            if not verdict.right:
                show(verdict)
    return 0 if report(verdicts) else 1


if __name__ == "__main__":
    raise SystemExit(main())
