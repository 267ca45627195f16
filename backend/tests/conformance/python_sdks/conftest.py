"""A suite says what it leaves out, and why; a test that skips itself is a failure."""

import pytest

SKIPPED = pytest.StashKey[list[str]]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a class lists as ``deselected`` (name: reason); every entry must exist."""
    for item in items:
        if unknown := _deselected(item).keys() - set(dir(getattr(item, "cls", None))):
            raise pytest.UsageError(f"deselected, but not there: {', '.join(unknown)}")
    dropped = [item for item in items if _name(item) in _deselected(item)]
    items[:] = [item for item in items if item not in dropped]
    config.hook.pytest_deselected(items=dropped)


def pytest_configure(config: pytest.Config) -> None:
    """Begin the list of what was skipped."""
    config.stash[SKIPPED] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):  # type: ignore[no-untyped-def]
    """Note a test that skipped itself."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        item.config.stash[SKIPPED].append(item.name)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test proves nothing."""
    if session.config.stash[SKIPPED]:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _name(item: pytest.Item) -> str:
    return getattr(item, "originalname", item.name)


def _deselected(item: pytest.Item) -> dict[str, str]:
    return getattr(getattr(item, "cls", None), "deselected", {})
