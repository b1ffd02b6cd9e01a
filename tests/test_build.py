"""The build: a failing notebook stops it, a change runs what depends on it."""

import json
import os
import re
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
    (folder / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks/conftest.py", folder / "notebooks")
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
    nbformat.write(notebook, book / f"notebooks/{name}.ipynb")


def build(
    book: Path, *options: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "tools/build.py", book, *options],
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


def test_what_nbval_ran_becomes_the_site(book: Path, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    write_chapter(book, f"open({str(runs)!r}, 'a').write('x')\nprint(6 * 7)")
    for options in (["--tested"], []):  # a build afterwards finds everything done
        result = build(book, *options)
        assert result.returncode == 0, result.stdout + result.stderr
        assert runs.read_text("utf-8") == "x"
    assert ">42\n" in (book / "_build/html/notebooks/one.html").read_text("utf-8")

    write_chapter(book, "import course_utils as cu\ncu.claim('2 is 3', 2 == 3)")
    result = build(book, "--tested")
    assert result.returncode != 0
    assert "This does not hold: 2 is 3" in result.stdout


def test_claims_stand_on_one_page(book: Path) -> None:
    code = "import course_utils as cu\ncu.claim('3 is more than 2', 3 > 2, floor=-0.25)"
    write_chapter(book, code)
    (book / "book/claims.md").write_text("# Claims\n\n```{all-claims}\n```\n", "utf-8")
    (book / "_toc.yml").write_text(TOC + "  - file: book/claims\n", "utf-8")
    result = build(book)
    assert result.returncode == 0, result.stdout + result.stderr
    page = (book / "_build/html/book/claims.html").read_text("utf-8")
    assert (
        '<a class="reference internal" href="../notebooks/one.html#claims-1">' in page
    )
    read = re.sub("<[^>]+>", "", page)  # code is a span for each word
    assert "3 is more than 2 3 &gt; 2" in read
    assert "floor −0.25" in read
    chapter = (book / "_build/html/notebooks/one.html").read_text("utf-8")
    assert 'id="claims-1"' in chapter


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


@pytest.mark.parametrize("cache", ["below-a-file/cache", "relative", ""])
def test_a_cache_of_any_kind_is_shared(cache: str, tmp_path: Path) -> None:
    """A relative one too, though kernels run elsewhere; a useless one stops nothing."""
    (tmp_path / "below-a-file").write_text("in the way", "utf-8")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; "
        "import prepare; prepare.share_datasets(Path('store'))"
    )
    subprocess.run(
        [sys.executable, "-c", code, ROOT / "tools"],
        cwd=tmp_path,
        env={**os.environ, "COURSE_CACHE": cache, "XDG_CACHE_HOME": str(tmp_path)},
        check=True,
    )
    shared = tmp_path / "store/datasets"
    assert shared.exists() is (cache != "below-a-file/cache")
    assert not shared.is_symlink() or shared.readlink().is_absolute()


@pytest.mark.parametrize("text", ["", '{"a', "[]"])
def test_facts_cut_short_are_written_anew(text: str, tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_text(text, "utf-8")
    (tmp_path / ".jupyter_cache").mkdir()
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; "
        "import prepare; prepare.compare({'package': 'new'}, Path())"
    )
    command = [sys.executable, "-c", code, ROOT / "tools"]
    subprocess.run(command, cwd=tmp_path, check=True)
    facts = json.loads((tmp_path / "facts.json").read_text("utf-8"))
    assert facts == {"package": "new"}
    assert not (tmp_path / ".jupyter_cache").exists()
