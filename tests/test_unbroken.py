"""The extension that keeps a formula and the comma after it on one line."""

import sys
from pathlib import Path

import pytest

nodes = pytest.importorskip("docutils.nodes")
pytest.importorskip("sphinx")


@pytest.fixture
def keep_together(monkeypatch):
    """Runs the transform over one paragraph and returns it."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "book/_ext"))
    sys.modules.pop("unbroken", None)
    from docutils.utils import new_document
    from unbroken import KeepTogether

    def run(*children):
        document = new_document("page")
        document += nodes.paragraph("", "", *children)
        transform = KeepTogether.__new__(KeepTogether)
        transform.document = document
        transform.run()
        return document[0]

    return run


def whole(paragraph) -> list[str]:
    return [n.astext() for n in paragraph.findall(nodes.inline)]


def test_a_formula_keeps_what_follows_it(keep_together):
    paragraph = keep_together(
        nodes.math("", "x"),
        nodes.Text(", then "),
        nodes.math("", "d"),
        nodes.Text("-dimensional. And "),
        nodes.math("", "y"),
        nodes.Text(" alone"),
    )
    assert whole(paragraph) == ["x,", "d-dimensional."]
    assert paragraph.astext() == "x, then d-dimensional. And y alone"


def test_equal_texts_keep_their_places(keep_together):
    paragraph = keep_together(
        nodes.strong("", "a"), nodes.Text("."), nodes.math("", "x"), nodes.Text(".")
    )
    assert whole(paragraph) == ["x."]
    assert paragraph.astext() == "a.x."
