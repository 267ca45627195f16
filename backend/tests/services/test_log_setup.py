"""Where log lines go while the server runs, and that nothing of it stays behind."""

import logging
from pathlib import Path

import pytest

from mlx_manager.services.log_setup import logging_to
from tests.settings import manager_settings


@pytest.fixture
def loggers() -> list[logging.Logger]:
    return [logging.getLogger(name) for name in ("mlx_manager", "uvicorn")]


def test_our_lines_and_uvicorns_go_to_standard_error_and_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], loggers: list[logging.Logger]
) -> None:
    before = [(logger.level, list(logger.handlers)) for logger in loggers]
    with logging_to(manager_settings(log_dir=tmp_path / "logs", log_level="warning")):
        logging.getLogger("mlx_manager.services").warning("one")
        logging.getLogger("uvicorn.error").error("two")
        logging.getLogger("mlx_manager.services").info("too quiet")
        logging.getLogger("elsewhere").error("not ours")
    kept = (tmp_path / "logs" / "mlx-manager.log").read_text()
    for text in (kept, capsys.readouterr().err):
        assert [line.rsplit(": ", 1)[1] for line in text.splitlines()] == ["one", "two"]
    assert [(logger.level, list(logger.handlers)) for logger in loggers] == before


def test_a_uvicorn_with_its_own_handler_says_everything_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], loggers: list[logging.Logger]
) -> None:
    own = logging.StreamHandler()
    loggers[1].addHandler(own)
    try:
        with logging_to(manager_settings(log_dir=tmp_path)):
            logging.getLogger("uvicorn.error").error("two")
    finally:
        loggers[1].removeHandler(own)
    assert capsys.readouterr().err.count("two") == 1
    assert (tmp_path / "mlx-manager.log").read_text().count("two") == 1
