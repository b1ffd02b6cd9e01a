"""Interpolation on a page: what it shows, by mouse, touch and keyboard."""

import pytest
from decoder_samples import difference, interpolation, pictures, touch_drag
from playwright.sync_api import Page, expect

from course_utils.explorers import Interpolation

ENDS = ("From", "To")
PHONE = {"has_touch": True, "viewport": {"width": 390, "height": 844}}


def worst(page: Page, explorer: Interpolation) -> float:
    """The largest difference between the page's three pictures and torch's."""
    shown = pictures(page)
    return max(difference(shown[k], image) for k, image in explorer.decode().items())


@pytest.mark.parametrize("home", ["http", "file"])
@pytest.mark.parametrize("stored", ["float32", "float16", "int8"])
def test_the_page_shows_what_torch_decodes(visit, home: str, stored: str):
    explorer = interpolation(stored)
    page = visit(explorer, home=home).page
    limit = 1 / 255 + (0 if stored == "float32" else 2 * explorer.rounding)
    found = [worst(page, explorer)]
    slider = page.get_by_role("slider")
    for path in ("linear", "spherical"):
        page.get_by_label(path).check()
        explorer.spherical = path == "spherical"
        for t in ("0", "0.2", "0.75", "1"):
            slider.fill(t)
            explorer.t = float(t)
            found.append(worst(page, explorer))
    first, second = (page.get_by_role("group", name=n, exact=True) for n in ENDS)
    first.get_by_label("4").last.check(force=True)
    second.get_by_label("9").first.check(force=True)
    slider.fill("0.4")
    explorer.first, explorer.second, explorer.t = 9, 18, 0.4
    found.append(worst(page, explorer))
    print(f"{stored} over {home}: largest difference {max(found):.5f}")
    assert max(found) <= limit
    expect(page.locator("output")).to_have_text("40% of the way from 4 to 9")


def test_a_finger_taps_and_slides(visit):
    explorer = interpolation()
    page = visit(explorer, **PHONE).page
    page.locator(".lc-strip input").nth(7).tap()
    page.locator(".lc-strip input").nth(20 + 12).tap()
    box = page.get_by_role("slider").bounding_box()
    middle, end = box["y"] + box["height"] / 2, box["x"] + box["width"]
    points = [(box["x"] + box["width"] / 2, middle), (end - 60, middle), (end, middle)]
    touch_drag(page, *points)
    explorer.first, explorer.second, explorer.t = 7, 12, 1.0
    assert worst(page, explorer) <= 1 / 255
    expect(page.locator("output")).to_have_text("100% of the way from 3 to 6")


def test_the_keyboard_reaches_everything(visit):
    explorer = interpolation()
    page = visit(explorer).page
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    label = page.locator(".lc-strip label:has(:focus)")
    assert label.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    expect(page.get_by_role("slider")).to_be_focused()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("spherical")).to_be_checked()
    explorer.first, explorer.second, explorer.t = 1, 2, 0.55
    explorer.spherical = True
    assert worst(page, explorer) <= 1 / 255
    said = page.get_by_role("slider").get_attribute("aria-valuetext")
    assert said == "55% of the way from 0 to 1"
