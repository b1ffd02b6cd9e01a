"""What all tests share."""

import os
from pathlib import Path

import matplotlib
import pytest

matplotlib.use("Agg")  # not by MPLBACKEND, which the notebooks' kernels would inherit
os.environ["TQDM_DISABLE"] = "1"
if folder := os.environ.get("LATENT_DATA_DIR"):  # the notebooks' kernels run elsewhere
    os.environ["LATENT_DATA_DIR"] = str(Path(folder).expanduser().resolve())


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """A rehearsal is for those who edit, and short: leave out what is slow."""
    if os.environ.get("COURSE_BUDGET") != "smoke":
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if item not in slow]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say last, so that nobody misses it, that there was no browser for the site."""
    skipped = terminalreporter.stats.get("skipped", [])
    untested = [
        report for report in skipped if "SITE WAS NOT TESTED" in str(report.longrepr)
    ]
    if untested:
        terminalreporter.section(f"THE SITE WAS NOT TESTED ({len(untested)} tests)")
        terminalreporter.line(untested[0].longrepr[2].removeprefix("Skipped: "))
