"""What the machine is made of."""

import platform
import sys

import pytest

from mlx_manager.services import machine_facts
from mlx_manager.services.machine_facts import computes_on, processor_in

X86 = """\
processor\t: 0
vendor_id\t: AuthenticAMD
model\t\t: 17
model name\t: AMD EPYC  7B13
flags\t\t: fpu vme

processor\t: 1
model name\t: another
"""
BOARD = """\
processor\t: 0
BogoMIPS\t: 108.00

Model\t\t: Raspberry Pi 5 Model B Rev 1.0
"""


@pytest.mark.parametrize(
    ("cpuinfo", "name"),
    [
        (X86, "AMD EPYC 7B13"),
        (BOARD, "Raspberry Pi 5 Model B Rev 1.0"),
        ("processor\t: 0\n", None),
        ("", None),
    ],
)
def test_the_chip_is_called_what_its_maker_calls_it(cpuinfo: str, name: str | None) -> None:
    assert processor_in(cpuinfo) == name


@pytest.mark.parametrize(
    ("system", "machine", "linux_cpu", "answer"),
    [
        ("darwin", "arm64", False, "metal"),
        ("darwin", "x86_64", False, "cpu"),
        ("linux", "x86_64", True, "cpu"),
        ("linux", "x86_64", False, "cuda"),
    ],
)
def test_models_compute_on_what_is_installed_for_them(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, linux_cpu: bool, answer: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(machine_facts, "is_linux_cpu", lambda: linux_cpu)
    assert computes_on() == answer
