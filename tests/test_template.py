"""The template: the last chapter without its explanations, and it runs."""

import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from template import CHAPTER, TEMPLATE, template


def test_is_what_the_chapter_gives() -> None:
    chapter = nbformat.read(CHAPTER, as_version=4)
    written = nbformat.read(TEMPLATE, as_version=4)
    assert written == template(chapter), "run python tools/template.py"
    assert written.cells[-1].source.count("…") == 7


def write_folder(place: Path, names: list[str], *shape: int) -> None:
    """Noise with bright blocks in places that differ: something to learn."""
    random = np.random.default_rng(0)
    for k, name in enumerate(names):
        (place / name).mkdir(parents=True, exist_ok=True)
        for i in range(60 // len(names)):
            image = random.integers(0, 60, shape, "uint8")
            row, column = random.integers(0, 9, 2)
            image[row : row + 9, column + 9 * k : column + 9 * k + 9] = 220
            Image.fromarray(image).save(place / name / f"{i}.png")


@pytest.mark.parametrize(
    ("names", "shape"),
    [(["a", "b"], (28, 28)), (["."], (40, 40, 3))],
    ids=["grey, two classes", "colour, no classes"],
)
def test_runs_on_a_folder(
    names: list[str],
    shape: tuple[int, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_folder(tmp_path / "my-images", names, *shape)
    monkeypatch.setenv("COURSE_BUDGET", "smoke")
    notebook = nbformat.read(TEMPLATE, as_version=4)
    there = {"metadata": {"path": tmp_path}}
    NotebookClient(notebook, timeout=300, resources=there).execute()
    assert (tmp_path / "map.html").stat().st_size > 10_000
