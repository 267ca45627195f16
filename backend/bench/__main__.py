"""``python -m bench [NAME ...] [--quick]``."""

import argparse
import importlib

BENCHES = (
    "startup",
    "throughput",
    "sampling",
    "schema",
    "sameness",
    "cuts",
    "cold",
    "audit",
    "bookkeeping",
    "relay",
)


def main() -> None:
    """Run the named benches, or all, and print their tables."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure MLX Manager.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(BENCHES)}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, for a first look")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(BENCHES)
    if unknown:
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    for name in arguments.names or BENCHES:
        print(f"\n## {name}\n", flush=True)
        importlib.import_module(f"bench.{name}").run(quick=arguments.quick)


if __name__ == "__main__":
    main()
