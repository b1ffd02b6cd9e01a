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


def test_the_chapter_runs_on_a_folder_and_crowns_no_hit_rate_of_dice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faces = tmp_path / "faces"
    write_folder(faces, ["."], 30, 40, 3)
    for i, path in enumerate(sorted(faces.glob("*.png"))):  # classes mean nothing
        (faces / "ab"[i % 2]).mkdir(exist_ok=True)
        path.rename(faces / "ab"[i % 2] / path.name)
    monkeypatch.setenv("COURSE_BUDGET", "smoke")
    notebook = nbformat.read(CHAPTER, as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    cells["folder-name"].source = f"FOLDER = {str(faces)!r}"
    there = {"metadata": {"path": tmp_path}}
    NotebookClient(notebook, timeout=300, resources=there).execute()
    (table,) = cells["judge-table"].outputs
    # What is left has a best; the votes have none.
    assert table["data"]["text/html"].count("★") == 1
    said = "".join(o["data"]["text/markdown"] for o in cells["hits-claim"].outputs)
    assert "here:" in said
