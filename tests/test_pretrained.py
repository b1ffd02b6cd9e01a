"""Models that several chapters use: trained once, by the recipe that is taught."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from torch import nn

from course_utils import pretrained
from course_utils.datasets import Dataset, load
from course_utils.fingerprints import fingerprint
from course_utils.runtime import setup

ROOT = Path(__file__).resolve().parents[1]
MAKERS = [
    pretrained.classifier,
    pretrained.conv_autoencoder,
    pretrained.vae,
    pretrained.autoencoder,
]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty store, and the smallest budget."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    setup(budget="smoke", device="cpu")
    yield tmp_path / "checkpoints"
    monkeypatch.undo()
    setup()


@pytest.mark.slow
@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
def test_is_trained_once(maker: Callable[[Dataset], nn.Module], store: Path) -> None:
    data = load("pen_strokes", quiet=True)
    first = maker(data)
    assert not first.training
    assert next(first.parameters()).device.type == "cpu"
    kept = {path: path.stat().st_mtime_ns for path in store.iterdir()}
    second = maker(data)
    assert fingerprint(first) == fingerprint(second)
    assert {path: path.stat().st_mtime_ns for path in store.iterdir()} == kept


def recipes(source: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The recipe of every fit call that keeps its model, by the name of the kept."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("fit", "cu.fit"):
            given = {k.arg: ast.unparse(k.value) for k in node.keywords if k.arg}
            if name := given.pop("keep_as", None):
                given.pop("callbacks", None)
                plain = {k: v.replace("cu.", "") for k, v in given.items()}
                name = ast.literal_eval(name.lstrip("f").replace("{latent_dim}", "2"))
                yield name, plain


PACKAGE = dict(recipes(Path(pretrained.__file__).read_text("utf-8")))
TAUGHT = [
    pytest.param(name, recipe, id=f"{path.stem}, cell {cell.id}: {name}")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
    for cell in nbformat.read(path, as_version=4).cells
    if cell.cell_type == "code" and "cu.fit(" in cell.source
    for name, recipe in recipes(cell.source)
    if name in PACKAGE
]


@pytest.mark.parametrize(("name", "recipe"), TAUGHT)
def test_the_recipe_is_the_one_that_is_taught(
    name: str, recipe: dict[str, str]
) -> None:
    assert recipe == PACKAGE[name]


def test_chapters_2_and_4_teach_the_recipes() -> None:
    assert len(TAUGHT) >= 3
