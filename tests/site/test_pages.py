"""Every page in a real browser: over http and from a file, light and dark, wide and
on a phone, with the network cut."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import Tab, named_pages

FORMS = {
    "http-light-wide": ("http", False, 1280),
    "file-dark-phone": ("file", True, 390),
    "http-light-phone": ("http", False, 390),
    "file-dark-wide": ("file", True, 1280),
}


@pytest.fixture(scope="module", params=FORMS)
def form(request, new_tab) -> tuple[str, Tab]:
    scheme, dark, width = FORMS[request.param]
    return scheme, new_tab(width=width, dark=dark)


@pytest.fixture(scope="module", params=named_pages())
def tab(request, form, site: Path, server: str) -> Tab:
    """One page, open in one form; its tests share it."""
    scheme, tab = form
    base = server if scheme == "http" else site.as_uri()
    tab.go(f"{base}/{request.param}.html")
    return tab


def test_nothing_leaves_the_page(tab: Tab) -> None:
    assert tab.left == []


def test_console_is_quiet(tab: Tab) -> None:
    assert tab.complaints == []


def test_math_is_rendered(tab: Tab) -> None:
    formulas = tab.page.locator("article .math").count()
    assert tab.page.locator("article .math mjx-container").count() >= formulas
    assert tab.page.locator("mjx-merror").count() == 0


def test_no_sideways_scroll(tab: Tab) -> None:
    too_wide = tab.page.evaluate(
        """() => document.documentElement.scrollWidth > innerWidth
            ? [...document.querySelectorAll("body *")]
                .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
                .map((e) => e.outerHTML.slice(0, 120)).slice(0, 5)
            : []"""
    )
    assert too_wide == []


def test_accessible(tab: Tab) -> None:
    results = Axe().run(tab.page)
    found = [
        f"{v['id']} ({v['impact']}): {v['help']}: "
        + " | ".join(node["html"][:150] for node in v["nodes"][:4])
        for v in results.response["violations"]
        if v["impact"] in ("serious", "critical")
    ]
    assert found == []
