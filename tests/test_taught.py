"""What a chapter teaches is what the package runs.

A network, a loss or a formula is written out where it first appears. If the package
holds the same name, both must be the same code, docstrings and annotations aside.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TOOLS = ("datasets", "show", "exercises", "explorers")  # rooms that are not taught
TAUGHT = ("datasets/folder.py",)  # save this, by which chapter 14 finds near-copies
Definition = ast.ClassDef | ast.FunctionDef


class Bare(ast.NodeTransformer):
    """Drop what only explains: docstrings and annotations."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.without_docstring(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self.without_docstring(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return self.generic_visit(ast.Assign([node.target], node.value))

    def without_docstring(self, node: Definition) -> ast.AST:
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:]
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node


def bare(definition: Definition) -> str:
    """The syntax tree as text, without what only explains."""
    tree: Any = ast.parse(ast.unparse(definition))
    return ast.dump(Bare().visit(tree))


def definitions(source: str) -> Iterator[Definition]:
    """The classes and functions at the top level."""
    for node in ast.parse(source).body:
        if isinstance(node, Definition):
            yield node


def in_package() -> dict[str, list[tuple[str, Definition]]]:
    """Name -> where the rooms that are taught define it, and how."""
    found: dict[str, list[tuple[str, Definition]]] = {}
    package = ROOT / "course_utils"
    for path in sorted(package.rglob("*.py")):
        place = path.relative_to(package)
        if place.parts[0] in TOOLS and place.as_posix() not in TAUGHT:
            continue
        for node in definitions(path.read_text("utf-8")):
            found.setdefault(node.name, []).append((str(place), node))
    return found


def in_notebooks() -> Iterator[tuple[str, Definition]]:
    """Where a chapter defines something, and how."""
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                # IPython's own lines are not Python
                source = re.sub(r"^(\s*)[%!].*$", r"\1pass", cell.source, flags=re.M)
                for node in definitions(source):
                    yield f"{path.name}, cell {cell.id}", node


PACKAGE = in_package()
PAIRS = [
    pytest.param(taught, places, id=f"{node_place}: {taught.name}")
    for node_place, taught in in_notebooks()
    if (places := PACKAGE.get(taught.name))
]


def test_the_chapters_teach_something_that_the_package_holds() -> None:
    assert PAIRS


@pytest.mark.parametrize(("taught", "places"), PAIRS)
def test_taught_is_run(
    taught: Definition, places: list[tuple[str, Definition]]
) -> None:
    shown = bare(taught)
    same = [place for place, node in places if bare(node) == shown]
    assert same, (
        f"{taught.name} is defined otherwise in {', '.join(p for p, _ in places)}: "
        "make both the same, or give one another name."
    )


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ('def f(x: int) -> int:\n    """Double."""\n    return 2 * x',
         "def f(x):\n    return 2 * x", True),
        ('class A(B):\n    """Doc."""\n    size: int\n    def g(self): return 1',
         "class A(B):\n    def g(self): return 1", True),
        ("def f(x):\n    y: int = x\n    return y",
         "def f(x):\n    y = x\n    return y", True),
        ("def f(x): return 2 * x", "def f(x): return x * 2", False),
        ("def f(x, k=1): return x", "def f(x, k=2): return x", False),
        ("class A(B): pass", "class A(C): pass", False),
    ],
)  # fmt: skip
def test_only_explanations_may_differ(a: str, b: str, same: bool) -> None:
    (first,), (second,) = definitions(a), definitions(b)
    assert (bare(first) == bare(second)) is same
