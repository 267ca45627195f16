"""Beginning with the machine: a property list in a home of the test's own, and a launchctl that
writes down what it is asked."""

import os
import plistlib
import sys
from pathlib import Path

import pytest

from mlx_manager.services import launch_agent
from tests.manager import Manager

pytestmark = pytest.mark.anyio
LAUNCHD = "/api/system/launchd"
LAUNCHCTL = """#!/bin/sh
echo "$@" >> {folder}/asked
[ "$1" = bootout ] && rm -f {folder}/pid
[ -f {folder}/pid ] || exit 113
printf 'org.mlx-manager.server = {{\\n\\tpid = %s\\n}}\\n' "$(cat {folder}/pid)"
"""


class Launchd:
    """What launchd runs and was asked, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.program = folder / "launchctl"
        self.program.write_text(LAUNCHCTL.format(folder=folder))
        self.program.chmod(0o755)

    def runs(self, pid: int) -> None:
        (self._folder / "pid").write_text(str(pid))

    def verbs(self) -> list[str]:
        asked = self._folder / "asked"
        return [line.split()[0] for line in asked.read_text().splitlines()]


@pytest.fixture
def launchd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Launchd:
    folder = tmp_path / "mac"
    folder.mkdir()
    stand_in = Launchd(folder)
    monkeypatch.setattr(launch_agent, "LAUNCHCTL", stand_in.program)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MLX_SERVER_MAX_MODELS", "3")
    monkeypatch.setenv("UNRELATED", "stays here")
    return stand_in


async def test_installed_it_begins_this_server_as_it_was_begun_and_for_its_owner_alone(
    manager: Manager, launchd: Launchd, tmp_path: Path
) -> None:
    ada = await manager.administrator()
    before = (await ada.get(f"{LAUNCHD}/status")).json()
    assert (before["supported"], before["installed"], before["running"]) == (True, False, False)
    told = (await ada.post(f"{LAUNCHD}/install")).json()
    assert (told["installed"], told["running"]) == (True, False)
    assert "when you log in next" in told["detail"]
    path = tmp_path / "Library" / "LaunchAgents" / f"{launch_agent.LABEL}.plist"
    assert told["path"] == str(path)
    assert path.stat().st_mode & 0o777 == 0o600
    written = plistlib.loads(path.read_bytes())
    settings = manager.app.state.settings
    assert written["ProgramArguments"] == [
        *(sys.executable, "-m", "mlx_manager", "serve"),
        *("--host", settings.host, "--port", str(settings.port)),
    ]
    assert written["EnvironmentVariables"]["MLX_SERVER_MAX_MODELS"] == "3"
    assert "UNRELATED" not in written["EnvironmentVariables"]
    assert (written["RunAtLoad"], written["WorkingDirectory"]) == (True, str(Path.cwd()))
    assert (await ada.post(f"{LAUNCHD}/install")).json() == told
    assert set(launchd.verbs()) == {"print"}, "a second server would want the same database"


async def test_uninstalling_ends_another_server_and_never_this_one(
    manager: Manager, launchd: Launchd
) -> None:
    ada = await manager.administrator()
    await ada.post(f"{LAUNCHD}/install")
    launchd.runs(os.getpid())
    here = (await ada.get(f"{LAUNCHD}/status")).json()
    assert (here["running"], here["detail"]) == (True, "This server is it.")
    gone = (await ada.post(f"{LAUNCHD}/uninstall")).json()
    assert (gone["installed"], gone["running"]) == (False, True)
    assert "bootout" not in launchd.verbs()
    await ada.post(f"{LAUNCHD}/install")
    launchd.runs(os.getpid() + 1)
    ended = (await ada.post(f"{LAUNCHD}/uninstall")).json()
    assert (ended["installed"], ended["running"]) == (False, False)
    assert "bootout" in launchd.verbs()
    assert (await ada.post(f"{LAUNCHD}/uninstall")).json() == ended


async def test_a_folder_that_cannot_be_written_is_named(
    manager: Manager, launchd: Launchd, tmp_path: Path
) -> None:
    ada = await manager.administrator()
    (tmp_path / "Library").write_text("a file where a folder belongs")
    refused = await ada.post(f"{LAUNCHD}/install")
    assert (refused.status_code, refused.json()["code"]) == (409, "launchd_failed")
    assert "LaunchAgents" in refused.json()["detail"]
    del launchd


async def test_a_machine_without_launchd_says_so(manager: Manager) -> None:
    ada = await manager.administrator()
    told = (await ada.get(f"{LAUNCHD}/status")).json()
    assert (told["supported"], told["installed"], told["path"]) == (False, False, None)
    assert "systemd" in told["detail"]
    refused = await ada.post(f"{LAUNCHD}/install")
    assert (refused.status_code, refused.json()["code"]) == (409, "launchd_missing")
