"""The extension that keeps a page's repeated style sheets once."""

from pathlib import Path

import pytest

pytest.importorskip("sphinx")


def test_a_style_sheet_stands_where_it_came_first(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "book/_ext"))
    from page_fixes import once

    red, blue = "<style>p { color: red }</style>", "<style>\np { color: blue }</style>"
    page = f"<p>1</p>{red}<p>2</p>{blue}<p>3</p>{red}{red}<p>4</p>{blue}"
    assert once(page) == f"<p>1</p>{red}<p>2</p>{blue}<p>3</p><p>4</p>"
    assert once("<p>None.</p>") == "<p>None.</p>"
