"""Where reference data lies, and the promise that no test is skipped in silence.

Reference results and data are read from the folder named by RAPPORT_SHARED (default ../shared)
and never copied in. Without the folder the tests that need it are skipped and counted aloud;
where CI=true such a skip fails the run.
"""

import json
import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
_skipped: list[str] = []
# A skip for these never hides in CI: data, a browser, a package of requirements-dev.lock.
WANTED = ("reference data not found", "chromium not found", "could not import")
# No law has a deadline: a busy machine is not a fault of the code.
settings.register_profile("all", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=15)  # for `make check`
settings.load_profile("all")


def shared_folder() -> Path:
    folder = Path(os.environ.get("RAPPORT_SHARED", "../shared"))
    return folder if folder.is_absolute() else (ROOT / folder).resolve()


def _require(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"reference data not found: {path.name} (set RAPPORT_SHARED)")
    return path


@pytest.fixture(scope="session")
def shared():
    """The folder of reference data; the test is skipped, and counted, where it is missing."""
    return _require(shared_folder())


@pytest.fixture(scope="session")
def oracle(shared):
    """Read one reference result by name: ``oracle("growth_sleepstudy")``."""

    def read(name):
        return json.loads(_require(shared / "oracles" / f"{name}.json").read_text("utf-8"))

    return read


@pytest.fixture(scope="session")
def dataset(shared):
    """Path of a real data set: ``dataset("reisby", "reisby.csv")``."""

    def find(folder, name):
        return _require(shared / "data" / folder / name)

    return find


def pytest_runtest_logreport(report):
    if report.skipped and any(want in str(report.longrepr) for want in WANTED):
        _skipped.append(report.nodeid)


def pytest_collectreport(report):
    """A whole file that is left out counts, too."""
    pytest_runtest_logreport(report)


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(
        f"{len(_skipped)} tests skipped for want of reference data, a browser or a package"
    )


def pytest_sessionfinish(session, exitstatus):
    if _skipped and os.environ.get("CI") == "true" and exitstatus == 0:
        session.exitstatus = 1
