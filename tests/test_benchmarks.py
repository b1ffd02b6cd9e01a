"""The benchmark measures what it says, and the page shows what was measured."""

import re
from pathlib import Path

import nbformat
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

import course_utils as cu
from benchmarks import __main__ as benchmark
from benchmarks import accelerator
from course_utils.datasets import load
from course_utils.models import DenseVAE
from course_utils.objectives import elbo_loss


@pytest.fixture(scope="module")
def images() -> torch.Tensor:
    cu.setup(device="cpu", budget="cpu")
    return load("pen_strokes", quiet=True).train_images[:2_000]


def test_operations_are_those_that_pytorch_counts() -> None:
    with FlopCounterMode(display=False) as counter:
        elbo_loss()(DenseVAE(), torch.rand(64, 28, 28), None)["loss"].backward()
    assert counter.get_total_flops() == accelerator.FLOP_PER_IMAGE * 64


def test_pytorch_examples_does_the_same_mathematics(images) -> None:
    recipe = benchmark.RECIPES["textbook"] | {"epochs": 1}
    cu.seed_everything(0)
    ours = cu.fit(DenseVAE(), elbo_loss(), images, progress=False, **recipe)
    theirs = benchmark.examples(images, seed=0)
    assert theirs["first_epoch"] == pytest.approx(ours.rows[0]["loss"], rel=0.05)


def test_every_contender_stands_in_the_table(images, monkeypatch) -> None:
    short = {name: r | {"epochs": 1} for name, r in benchmark.RECIPES.items()}
    monkeypatch.setattr(benchmark, "RECIPES", short)
    runs = benchmark.measure(images[:500], images[500:600], seeds=[0, 1])
    rows = benchmark.table(runs).splitlines()[2:]
    assert len(rows) == 1 + len(short)
    assert rows[0].startswith("| pytorch/examples | 1 × 128 |")
    assert "| 1.0 (1.0 – 1.0) |" in rows[0]


def test_the_page_has_a_place_for_the_figures() -> None:
    page = benchmark.PAGE.read_text("utf-8")
    assert page.index(benchmark.START) < page.index(benchmark.END)


def test_an_accelerator_gets_a_table_and_a_comparison(images) -> None:
    rows = accelerator.shares(images, 128, {"eager": ""})
    assert [row.split(" | ")[1] for row in rows] == ["eager", "matrix products alone"]
    assert rows[-1].endswith("| 100% |")
    told = accelerator.same_result(images, images[:200])
    cpu, here = re.findall(r"([\d.]+) nats", told)
    assert cpu == here  # the CPU against itself


@pytest.mark.parametrize(
    ("code", "told"),
    [("1", "all 2 cells"), ("1 / 0", "FAILED in cell 1"), ("while True: pass", "1 of")],
)
def test_how_far_a_chapter_comes_is_told(code: str, told: str, tmp_path: Path) -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in ("0", code)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    nbformat.write(notebook, tmp_path / "one.ipynb")
    assert accelerator.reach(tmp_path / "one.ipynb", seconds=3).startswith(told)


def test_chapter_4_quotes_the_figure_of_the_page() -> None:
    lines = benchmark.PAGE.read_text("utf-8").splitlines()
    (row,) = [line for line in lines if line.startswith("| `fit`, textbook")]
    nats = float(row.split("|")[5])
    chapter = Path(__file__).parents[1] / "notebooks/04-reparameterization.ipynb"
    assert f"plain Adam, {nats:.1f} nats" in chapter.read_text("utf-8")
