"""The form of the chapters, as far as it can be counted."""

import ast
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from statistics import median

import nbformat
import pytest
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def text(notebook: NotebookNode) -> str:
    return "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


def python_of(cell: NotebookNode) -> str:
    """A cell's code without IPython's own commands."""
    return re.sub(r"^(\s*)[%!].*$", r"\1pass", cell.source, flags=re.M)


def calls(notebook: NotebookNode, name: str) -> list[ast.Call]:
    """Every call of `cu.<name>` (or of `<name>`) in the code cells."""
    found = []
    for cell in code(notebook):
        for node in ast.walk(ast.parse(python_of(cell))):
            if isinstance(node, ast.Call) and name == getattr(
                node.func, "attr", getattr(node.func, "id", None)
            ):
                found.append(node)
    return found


def test_there_are_chapters() -> None:
    numbers = [int(path.stem[:2]) for path in NOTEBOOKS]
    assert numbers == sorted(set(numbers))
    assert numbers


def test_is_valid_and_committed_without_outputs(notebook: NotebookNode) -> None:
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert all(not c.outputs and c.execution_count is None for c in code(notebook))


def test_cells_are_small(notebook: NotebookNode) -> None:
    lines = [[x for x in c.source.splitlines() if x.strip()] for c in code(notebook)]
    assert median(map(len, lines)) <= 8
    assert max(map(len, lines)) <= 40
    assert [x for cell in lines for x in cell if len(x) > 80] == []


def test_more_text_than_code(notebook: NotebookNode) -> None:
    assert len(notebook.cells) > 2 * len(code(notebook))


# Not read as words: formulas, directives and their options, roles, targets of links.
NO_PROSE = re.compile(
    r"\$\$.*?\$\$(?:\s*\(eq[^)]*\))?|\$[^$]*\$|^```.*?$|^:[a-z]+:.*?$"
    r"|\{[a-z:]+\}`[^`]*`|\]\([^)]*\)",
    flags=re.M | re.S,
)


def test_can_be_read_in_one_sitting(notebook: NotebookNode) -> None:
    words = re.findall(r"\w[\w'’.,-]*", NO_PROSE.sub(" ", text(notebook)))
    assert len(words) <= 2700


def test_headings_are_in_order(notebook: NotebookNode) -> None:
    without_code = re.sub(
        r"^(`{3,}|~{3,}).*?^\1", "", text(notebook), flags=re.M | re.S
    )
    levels = [len(m) for m in re.findall(r"^(#+) ", without_code, flags=re.M)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(lower <= upper + 1 for upper, lower in pairwise(levels))


def test_exercises_have_solutions_and_checks(notebook: NotebookNode) -> None:
    exercises = re.findall(
        r"^`{3,}\{exercise-start\}.*?:label: (\S+)", text(notebook), flags=re.M | re.S
    )
    solutions = re.findall(
        r"^`{3,}\{solution-start\} (\S+)", text(notebook), flags=re.M
    )
    assert len(exercises) >= 3
    assert solutions == exercises
    for end in ("exercise-end", "solution-end"):  # the site's build needs them
        assert text(notebook).count(f"{{{end}}}") == len(exercises)
    folded = [c for c in code(notebook) if "solution" in c.metadata.get("tags", [])]
    assert len(folded) >= len(exercises)
    for cell in folded:
        assert cell.metadata.cellView == "form"
        assert cell.metadata.jupyter.source_hidden
    checked = "\n".join(cell.source for cell in folded).count("solution=True")
    assert checked >= len(exercises)


def test_results_are_claimed(notebook: NotebookNode) -> None:
    assert len(calls(notebook, "claim")) >= 5


def test_a_claim_that_has_a_threshold_shows_its_figures(notebook: NotebookNode) -> None:
    unequal = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
    for call in calls(notebook, "claim"):
        compared = (n for n in ast.walk(call.args[1]) if isinstance(n, ast.Compare))
        if any(isinstance(op, unequal) for node in compared for op in node.ops):
            assert call.keywords, f"no figures: {ast.unparse(call.args[0])}"


def test_pictures_have_words(notebook: NotebookNode) -> None:
    for name in ("show", "image_rows", "player"):
        for call in calls(notebook, name):
            given = {keyword.arg for keyword in call.keywords}
            assert {"alt", "caption"} <= given, ast.unparse(call)
    assert re.findall(r"!\[\s*\]\(", text(notebook)) == []


def test_set_up_cells_and_addresses_agree() -> None:
    command = [sys.executable, ROOT / "tools/address.py", "--check"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def only_claims(cell: NotebookNode) -> bool:
    """Whether a cell does nothing but claim, perhaps in a loop."""

    def claims(node: ast.stmt) -> bool:
        if isinstance(node, ast.For):
            return all(isinstance(n, ast.Assign) or claims(n) for n in node.body)
        call = node.value if isinstance(node, ast.Expr) else None
        return isinstance(call, ast.Call) and ast.unparse(call.func) == "cu.claim"

    body = ast.parse(python_of(cell)).body
    return bool(body) and all(map(claims, body))


def test_cells_that_only_claim_are_folded(notebook: NotebookNode) -> None:
    """The site shows sentence, figures and floor; the code opens on demand."""
    claiming = [cell for cell in code(notebook) if only_claims(cell)]
    assert claiming
    for cell in claiming:
        assert "hide-input" in cell.metadata.get("tags", []), cell.source
