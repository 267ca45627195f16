"""The machine's parts, by files and programs of the kinds that systems have."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mlx_manager.services import machine_facts
from mlx_manager.services.machine_facts import accelerator, chip

CPUINFO = "processor\t: 0\nvendor_id\t: X\nmodel name\t: Fast Processor 9000\nprocessor\t: 1\n"


@pytest.fixture(autouse=True)
def _each_test_looks_itself(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    chip.cache_clear()
    monkeypatch.setattr(machine_facts.platform, "system", lambda: "Linux")
    yield
    chip.cache_clear()


def test_a_linux_machine_names_its_processor_or_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cpuinfo"
    monkeypatch.setattr(machine_facts, "CPUINFO", file)
    assert chip() is None
    chip.cache_clear()
    file.write_text(CPUINFO)
    assert chip() == "Fast Processor 9000"


@pytest.mark.parametrize(
    ("script", "wanted"), [("echo Apple M4 Max", "Apple M4 Max"), ("exit 1", None)]
)
def test_a_mac_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, wanted: str | None
) -> None:
    program = tmp_path / "sysctl"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(machine_facts, "_SYSCTL", (str(program),))
    monkeypatch.setattr(machine_facts.platform, "system", lambda: "Darwin")
    assert chip() == wanted


@pytest.mark.parametrize(
    ("there", "wanted"),
    [({"mlx", "mlx-metal"}, "metal"), ({"mlx", "mlx-cuda-13"}, "cuda"), ({"mlx"}, None)],
)
def test_what_mlx_computes_on_is_what_was_installed_for_it(
    monkeypatch: pytest.MonkeyPatch, there: set[str], wanted: str | None
) -> None:
    monkeypatch.setattr(machine_facts, "installed", lambda name: "1" if name in there else None)
    assert accelerator() == wanted
