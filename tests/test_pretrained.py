"""Models that several chapters use: trained once, by the recipe that is taught."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch
from torch import nn

import course_utils as cu
from course_utils import pretrained
from course_utils.datasets import Dataset, load
from course_utils.models import DenseAutoencoder
from course_utils.objectives import squared_error
from course_utils.runtime import setup
from course_utils.training.fingerprints import fingerprint

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
MAKERS = [
    pretrained.classifier,
    pretrained.conv_autoencoder,
    pretrained.vae,
    pretrained.autoencoder,
]
Maker = Callable[[Dataset], nn.Module]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty store, the smallest budget and the smallest data set."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setenv("COURSE_BUDGET", "smoke")
    monkeypatch.setenv("COURSE_DATA", "pen_strokes")
    setup(device="cpu")
    yield tmp_path / "checkpoints"
    monkeypatch.undo()
    setup()


@pytest.mark.slow
@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
def test_is_trained_once(maker: Maker, store: Path) -> None:
    data = load(quiet=True)
    first = maker(data)
    assert not first.training
    assert next(first.parameters()).device.type == "cpu"
    kept = {path: path.stat().st_mtime_ns for path in store.iterdir()}
    second = maker(data)
    assert fingerprint(first) == fingerprint(second)
    assert {path: path.stat().st_mtime_ns for path in store.iterdir()} == kept

    trained, reused = pretrained.history(first), pretrained.history(second)
    assert not trained.reused and reused.reused
    assert trained.seconds == reused.seconds > 0
    assert trained.losses == reused.losses


def test_knows_the_history_of_its_own_models_only() -> None:
    with pytest.raises(ValueError, match=r"pretrained\.vae\(data\) first"):
        pretrained.history(nn.Linear(2, 2))


Calls = dict[str, dict[str, Any]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """What ``fit`` is asked for, by the name of the kept model; nothing is trained."""
    asked: Calls = {}

    def fit(*what: Any, keep_as: str = "", callbacks: Any = (), **how: Any) -> Any:
        # as the store does: the code, settings and weights of model and objective
        asked[keep_as] = {"model, objective, data": list(map(fingerprint, what))} | how
        return cu.History()

    monkeypatch.setattr(pretrained, "fit", fit)
    monkeypatch.setattr(cu, "fit", fit)
    return asked


def run_cell(chapter: str, wanted: str) -> dict[str, Any]:
    """Run one cell after the set-up, with all that earlier cells define; all names."""
    [path] = NOTEBOOKS.glob(f"{chapter}-*.ipynb")
    known: dict[str, Any] = {"__name__": "__main__"}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code" or cell.id == "colab":
            continue
        tree = ast.parse(cell.source)
        if cell.id not in ("setup", wanted):
            tree.body = [node for node in tree.body if defines(node)]
        exec(compile(tree, f"{path.stem}, cell {cell.id}", "exec"), known)
        if cell.id == wanted:
            return known
    raise LookupError(f"{path.name} has no cell {wanted!r}.")


def defines(node: ast.stmt) -> bool:
    """An import, a function, a class, or a CONSTANT."""
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0]).isupper()
    kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef
    return isinstance(node, kinds)


@pytest.mark.parametrize(
    ("chapter", "cell", "name", "maker"),
    [
        ("02", "fit-conv", "ch2-conv-autoencoder", pretrained.conv_autoencoder),
        ("04", "vae-learn", "vae-2", pretrained.vae),
        ("04", "versus-fit", "autoencoder-2", pretrained.autoencoder),
    ],
)
def test_trains_what_a_chapter_writes_out(
    chapter: str, cell: str, name: str, maker: Maker, store: Path, calls: Calls
) -> None:
    run_cell(chapter, cell)
    taught = calls.pop(name)
    maker(load(quiet=True))
    assert taught == calls[name]


def test_fit_does_what_chapter_2_writes_out(store: Path) -> None:
    bare_loop = run_cell("02", "bare-loop")["bare_loop"]
    images = load(quiet=True).train_images[:300]
    twins = [DenseAutoencoder(4, hidden=16) for _ in range(2)]
    twins[1].load_state_dict(twins[0].state_dict())
    bare_loop(twins[0], images, epochs=2, lr=0.01, batch_size=128)
    how: Any = {"epochs": 2, "lr": 0.01, "batch_size": 128, "progress": False}
    cu.fit(twins[1], squared_error, images, precision="float32", **how)
    torch.testing.assert_close(twins[0].state_dict(), twins[1].state_dict())
