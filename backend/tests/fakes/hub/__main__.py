"""``python -m tests.fakes.hub --port 18300 org/name=folder ...``: the stand-in for a browser."""

import argparse
from pathlib import Path

import uvicorn

from tests.fakes.hub.app import Hub
from tests.fakes.hub.content import HubRepo


def main() -> None:
    """Serve until interrupted. Faults are added with ``POST /_hub/faults``."""
    parser = argparse.ArgumentParser(prog="tests.fakes.hub", description=__doc__)
    parser.add_argument("--port", type=int, default=18300)
    parser.add_argument("repos", nargs="*", metavar="org/name=folder[=bytes]")
    arguments = parser.parse_args()
    hub = Hub(*map(_repo, arguments.repos))
    uvicorn.run(hub.app(), host="127.0.0.1", port=arguments.port, log_level="warning")


def _repo(text: str) -> HubRepo:
    """``org/name=folder``, and how much it claims to be where that is not what the folder holds."""
    name, folder, *claimed = text.split("=")
    storage = int(claimed[0]) if claimed else None
    return HubRepo(name, Path(folder), downloads=1000, likes=10, used_storage=storage)


main()
