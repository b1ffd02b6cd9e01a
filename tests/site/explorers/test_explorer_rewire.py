"""The graph that the reader rewires: the page's numbers, hands and keys."""

import numpy as np
import pytest
from browsing import barriers
from playwright.sync_api import Page, expect

from course_utils.datasets import graphs
from course_utils.explorers import Rewire

GRAPH = graphs.drawn(0.5, nodes=90, degree=6, telling=0.2, seed=1)
NAMES = ("own words", "averaged", "own beside neighbours")


def rewire(**options: object) -> Rewire:
    return Rewire(GRAPH.features, GRAPH.labels, **options)


def figures(page: Page) -> list[str]:
    return page.locator(".lc-rewire dd").all_text_contents()


def expected(explorer: Rewire) -> list[str]:
    rates = [*explorer.accuracies().values(), explorer.floor]
    return [f"{np.floor(100 * rate + 0.5):.0f}%" for rate in rates]


@pytest.mark.parametrize("home", ["http", "file"])
@pytest.mark.parametrize("steps", [0, 1, 2])
def test_the_page_computes_what_python_does(visit, home: str, steps: int):
    for homophily in (0.0, 0.37, 1.0):
        explorer = rewire(homophily=homophily, steps=steps)
        page = visit(explorer, home=home).page
        assert figures(page) == expected(explorer)
        shown = page.locator(".lc-rewire label strong").all_text_contents()
        assert shown == [f"{homophily:.2f}", str(steps)]


def test_the_keyboard_moves_both_sliders(visit):
    page = visit(rewire(homophily=0.8)).page
    page.keyboard.press("Tab")
    homophily = page.get_by_role("slider", name="Homophily")
    expect(homophily).to_be_focused()
    map_ = page.locator(".lc-map canvas")
    before = map_.evaluate("c => c.toDataURL()")
    page.keyboard.press("Home")
    explorer = rewire(homophily=0.0)
    assert figures(page) == expected(explorer)
    assert map_.evaluate("c => c.toDataURL()") != before
    page.keyboard.press("Tab")
    expect(page.get_by_role("slider", name="Averaging steps")).to_be_focused()
    page.keyboard.press("End")
    explorer.steps = 3
    assert figures(page) == expected(explorer)
    expect(page.get_by_role("status")).to_contain_text("Held-out nodes right: own")
    label = page.locator(".lc-map").get_attribute("aria-label")
    assert label.startswith("map of 90 nodes, averaged. Held-out nodes right")


def test_a_finger_moves_the_slider(visit):
    size = {"width": 390, "height": 844}
    page = visit(rewire(homophily=0.8), has_touch=True, viewport=size).page
    homophily = page.get_by_role("slider", name="Homophily")
    homophily.scroll_into_view_if_needed()
    box = homophily.bounding_box()
    page.touchscreen.tap(box["x"] + 0.1 * box["width"], box["y"] + box["height"] / 2)
    now = int(homophily.input_value())
    assert now < 25
    assert figures(page) == expected(rewire(homophily=now / 100))


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1200, 390])
def test_accessible_and_still_under_the_hand(visit, dark: bool, width: int):
    size = {"width": width, "height": 844}
    page = visit(rewire(), dark=dark, viewport=size).page
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    places = """() => [...document.querySelectorAll('.lc-live *')]
      .filter(e => !e.closest('.lc-spoken'))
      .map(e => { const b = e.getBoundingClientRect();
        return [e.className || e.tagName, b.top + scrollY, b.height]; })"""
    before = page.evaluate(places)
    for slider in page.get_by_role("slider").all():
        for key in ("Home", "End", "PageUp", "ArrowLeft"):
            slider.press(key)
            assert page.evaluate(places) == before


def test_without_scripts_a_still_picture(visit):
    explorer = rewire()
    page = visit(explorer, java_script_enabled=False).page
    picture = page.get_by_role("img")
    expect(picture).to_be_visible()
    assert picture.get_attribute("alt") == explorer.describe()
