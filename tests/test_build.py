"""The build: a failing notebook stops it, a change runs what depends on it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.slow
TOC = "format: jb-book\nroot: book/intro\nchapters:\n  - file: notebooks/one\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A tiny book with the course's own configuration and extensions."""
    folder = tmp_path / "book"
    for part in ("book/_ext", "book/_static"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "_config.yml", folder)
    (folder / "_toc.yml").write_text(TOC, "utf-8")
    (folder / "book/intro.md").write_text("# Intro\n", "utf-8")
    (folder / "book/references.bib").write_text("", "utf-8")
    return folder


def write_chapter(book: Path, source: str, name: str = "one") -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(f"# {name}", id="a"),
            nbformat.v4.new_code_cell(source, id="b"),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    (book / "notebooks").mkdir(exist_ok=True)
    nbformat.write(notebook, book / f"notebooks/{name}.ipynb")


def build(book: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "tools/build.py", book],
        env={**os.environ, "COURSE_BUDGET": "cpu", "COURSE_DATA": "digits", **settings},
        capture_output=True,
        text=True,
    )


def test_a_failing_notebook_stops_the_build_every_time(book: Path) -> None:
    write_chapter(book, "1 / 0")
    for _ in range(2):
        result = build(book)
        assert result.returncode != 0
        assert "one.ipynb stopped it" in result.stderr
        assert "ZeroDivisionError" in result.stderr
    write_chapter(book, "1 / 1")
    result = build(book)
    assert result.returncode == 0, result.stderr


def test_only_a_change_runs_a_notebook_again(book: Path, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    write_chapter(book, f"open({str(runs)!r}, 'a').write('x')")

    def count_after(**settings: str) -> int:
        result = build(book, **settings)
        assert result.returncode == 0, result.stderr
        return len(runs.read_text("utf-8"))

    assert count_after() == 1
    assert count_after() == 1
    assert count_after(COURSE_SEED="7") == 2
    facts = book / "_build/facts.json"
    told = json.loads(facts.read_text("utf-8"))
    told["package"] = "another version of course_utils"
    facts.write_text(json.dumps(told), "utf-8")
    assert count_after(COURSE_SEED="7") == 3


def test_a_broken_reference_stops_the_build_every_time(book: Path) -> None:
    write_chapter(book, "1")
    (book / "book/intro.md").write_text("# Intro\n\n{ref}`nowhere`\n", "utf-8")
    assert build(book).returncode != 0
    assert build(book).returncode != 0


def test_no_chapter_finds_the_models_of_another(book: Path) -> None:
    trains = """
import course_utils as cu
import torch
from course_utils.objectives import cross_entropy

data = cu.load()
lesson = (data.train_images[:64], data.train_labels[:64])
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))
assert not cu.fit(model, cross_entropy, lesson, epochs=1, keep_as="toy").reused
"""
    write_chapter(book, trains)
    write_chapter(book, f"{trains}# or it is taken from Jupyter's cache", "two")
    (book / "_toc.yml").write_text(TOC + "  - file: notebooks/two\n", "utf-8")
    result = build(book)
    assert result.returncode == 0, result.stderr
