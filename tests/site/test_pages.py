"""Every page in a real browser with the network cut: over http and from a file, light
and dark, wide and on a phone."""

import re
from pathlib import Path

import pytest
from browsing import PHONE, WIDE, Tab, named_pages

HEAVIEST = 1_500_000  # bytes that a page may weigh, what all pages share aside

FORMS = pytest.mark.parametrize(
    ("width", "dark"),
    [(WIDE, False), (PHONE, True), (WIDE, True), (PHONE, False)],
    ids=["wide-light", "phone-dark", "wide-dark", "phone-light"],
)


@pytest.fixture(scope="module")
def tab(new_tab) -> Tab:
    """One tab for all pages."""
    return new_tab()


@pytest.fixture(scope="module", params=named_pages())
def online(request, tab: Tab, server: str) -> Tab:
    """A page, open over http; its tests share it."""
    tab.go(f"{server}/{request.param}.html")
    return tab


@FORMS
def test_fits(online: Tab, width: int, dark: bool) -> None:
    online.show(width=width, dark=dark)
    assert online.too_wide() == []
    assert online.clipped_code() == []
    assert online.clipped_formulas() == []


# Colours depend on the scheme, structure on the width: two of the four forms tell all.
@pytest.mark.parametrize(("width", "dark"), [(WIDE, False), (PHONE, True)])
def test_is_accessible(online: Tab, width: int, dark: bool) -> None:
    online.show(width=width, dark=dark)
    assert online.barriers() == []


def test_needs_no_network(online: Tab) -> None:
    assert online.left == []
    assert online.complaints == []
    assert online.unrendered_formulas() == 0


@pytest.mark.parametrize("page", named_pages())
def test_works_from_a_file(new_tab, site: Path, page: str) -> None:
    tab = new_tab(width=PHONE)
    tab.go(f"{site.as_uri()}/{page}.html")
    assert tab.left == []
    assert tab.complaints == []
    assert tab.unrendered_formulas() == 0
    assert tab.too_wide() == []
    tab.page.close()


@pytest.mark.parametrize("page", named_pages())
def test_weight(site: Path, page: str) -> None:
    weight = (site / f"{page}.html").stat().st_size
    pictures = (site / "_images").glob("*") if page.startswith("notebooks/") else ()
    html = (site / f"{page}.html").read_text("utf-8")
    weight += sum(p.stat().st_size for p in pictures if p.name in html)
    assert weight <= HEAVIEST


@pytest.mark.parametrize("page", named_pages())
def test_no_cell_leaves_its_machinery_behind(site: Path, page: str) -> None:
    """The layers of a network; a name that two trainings of a page take in turn."""
    told = (site / f"{page}.html").read_text("utf-8")
    assert re.findall(r"\(0\): \w+\(.*|training .* again: new.*", told) == []
