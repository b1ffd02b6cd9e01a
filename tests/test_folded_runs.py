"""The extension that joins folded cells with nothing to see between them."""

import sys
from pathlib import Path

import pytest

nodes = pytest.importorskip("docutils.nodes")
pytest.importorskip("sphinx")


def cell(code: str, output: str = "", folded: bool = True):
    """A code cell as MyST-NB makes it."""
    made = nodes.container(nb_element="cell_code")
    if folded:
        made["hide_mode"] = "input"
    made += nodes.container(nb_element="cell_code_source", classes=["cell_input"])
    made[0] += nodes.literal_block(code, code)
    if output:
        made += nodes.container(nb_element="cell_code_output")
        made[1] += nodes.paragraph("", output)
    return made


@pytest.fixture
def joined(monkeypatch):
    """Runs the transform over these nodes and returns the texts of what is left."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "book/_ext"))
    sys.modules.pop("folded_runs", None)
    from docutils.utils import new_document
    from folded_runs import JoinFolded

    def run(*children):
        document = new_document("page")
        document += list(children)
        transform = JoinFolded.__new__(JoinFolded)
        transform.document = document
        transform.run()
        return [node.astext().split() for node in document]

    return run


def test_a_run_becomes_one_cell_in_order(joined):
    run = cell("a"), cell("b"), cell("c"), cell("d", "picture")
    assert joined(*run) == [["a", "b", "c", "d", "picture"]]


def test_what_is_shown_ends_a_run(joined):
    cells = cell("a", "said"), cell("b"), cell("c", "picture"), cell("d")
    assert joined(*cells) == [["a", "said"], ["b", "c", "picture"], ["d"]]


def test_texts_and_open_cells_stay_between(joined):
    text = nodes.paragraph("", "text")
    cells = cell("a"), text, cell("b"), cell("c", folded=False), cell("d")
    assert joined(*cells) == [["a"], ["text"], ["b"], ["c"], ["d"]]
