"""Chapters as tests: nbval runs every cell, the site shows what the cells gave.

``pytest notebooks/05-t-sne.ipynb`` runs one chapter with the reader's own store
of models. With ``--keep-in FOLDER``, as `tools/build.py --tested` does, each
chapter runs as for somebody who starts there, from an empty store, and its
outputs and its run time go where the build of the site looks for them: no
notebook runs twice.
"""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--keep-in", type=Path, help="where the site is being built"
    )


def pytest_configure(config: pytest.Config) -> None:
    # Claims judge what the cells give; there are no stored outputs to compare.
    config.option.nbval_lax = config.option.nbval_current_env = True
    if folder := config.getoption("keep_in"):
        config.pluginmanager.register(ForTheSite(folder.resolve()))


class ForTheSite:
    """Runs each chapter from an empty store and keeps what it gave."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.chapter: pytest.Collector | None = None
        # The kernels inherit these; each step of a bar would be an output.
        os.environ |= {
            "COURSE_CACHE": str(output / "cache"),
            "TQDM_DISABLE": "1",
        }

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Iterator[None]:
        """Around each cell; a chapter begins and ends with its kernel."""
        if item.parent is not self.chapter:
            shutil.rmtree(self.output / "cache/checkpoints", ignore_errors=True)
            self.chapter, self.cells = item.parent, []
            self.began = time.perf_counter()
            self.failures = item.session.testsfailed
        self.cells.append(item)
        result = yield
        ends = nextitem is None or nextitem.parent is not self.chapter
        if ends and item.session.testsfailed == self.failures:
            self.keep(time.perf_counter() - self.began)
        return result

    def keep(self, seconds: float) -> None:
        """Put the chapter's outputs into the cache that MyST-NB reads."""
        for count, item in enumerate(self.cells, 1):
            item.cell.outputs, item.cell.execution_count = (
                item.test_outputs,
                count,
            )
        # As a run by Jupyter notes: what the page's code is coloured by.
        self.chapter.nb.metadata.setdefault("language_info", {"name": "python"})
        get_cache(self.output / ".jupyter_cache").cache_notebook_bundle(
            CacheBundleIn(
                self.chapter.nb,
                str(self.chapter.path),
                data={"execution_seconds": seconds},
            ),
            check_validity=False,
            overwrite=True,
        )
