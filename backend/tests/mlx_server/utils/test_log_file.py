"""A process's whole log: what it logs, prints and writes past both, across rotations."""

import os
import subprocess
import sys
from pathlib import Path

BACKEND = Path(__file__).parents[3]
PROGRAM = """
import logging, os, sys
from pathlib import Path
from mlx_manager.mlx_server.utils.log_file import WholeLog

logging.basicConfig(level="INFO", handlers=[WholeLog(Path(sys.argv[1]), largest_bytes=400)])
for number in range(24):
    logging.info("logged %d", number)
    print("printed", number, flush=True)
    os.write(2, b"written %d\\n" % number)
os.abort()
"""


def test_nothing_that_a_process_says_is_lost_or_goes_astray(tmp_path: Path) -> None:
    log = tmp_path / "p1.log"
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", PROGRAM, str(log)],
        env={"PYTHONPATH": str(BACKEND), "PATH": os.environ["PATH"]},
        capture_output=True,
        check=False,
    )
    assert done.returncode < 0
    assert done.stdout + done.stderr == b""
    parts = sorted(tmp_path.iterdir(), key=lambda path: path.name, reverse=True)
    assert len(parts) > 2
    assert parts[-1] == log
    text = "".join(part.read_text() for part in parts)
    said = [line.split(" root: ")[-1] for line in text.splitlines()]
    for number in range(24):
        at = said.index(f"logged {number}")
        assert said[at + 1 : at + 3] == [f"printed {number}", f"written {number}"]
    assert "Fatal Python error: Aborted" in log.read_text()
