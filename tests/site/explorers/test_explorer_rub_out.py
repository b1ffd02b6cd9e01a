"""Rub out under a reader's hand: the page's descent and draws are torch's."""

import numpy as np
import pytest
from browsing import barriers
from decoder_samples import difference, pictures, rub_out, touch_drag
from playwright.sync_api import Page, expect

from course_utils.explorers import RubOut


def state(page: Page, trait: str):
    return page.evaluate(
        "name => document.querySelector('.lc-explorer').explorer.model.get(name)", trait
    )


def same(page: Page, explorer: RubOut) -> float:
    """The largest difference of a pixel from what Python makes of the page's state."""
    for trait in ("image", "rubbed", "prior", "seed"):
        setattr(explorer, trait, state(page, trait))
    shown, done = pictures(page), explorer.complete()
    draws = {f"draw {k + 1}": image for k, image in enumerate(done["draws"])}
    wanted = {"completed": done["image"]} | draws
    return max(difference(shown[name], image) for name, image in wanted.items())


@pytest.mark.parametrize("stored", ["float32", "float16", "int8"])
def test_the_page_completes_as_torch_does(visit, stored: str):
    explorer = rub_out(stored)
    page = visit(explorer).page
    assert state(page, "rubbed").count("1") == 392
    worst = same(page, explorer)
    box = page.get_by_role("slider").bounding_box()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.4 * box["height"])
    page.mouse.up()
    assert state(page, "rubbed").count("1") > 420  # a line, not two dots
    worst = max(worst, same(page, explorer))
    page.get_by_role("button", name="Other draws").click()
    page.get_by_role("radio").nth(7).check(force=True)
    worst = max(worst, same(page, explorer))
    page.get_by_role("checkbox", name="with the prior").uncheck()
    worst = max(worst, same(page, explorer))
    told = page.locator(".lc-told")
    expect(told).to_contain_text("nothing to draw from")
    expect(told).to_contain_text(f"rubbed out: {explorer.errors()['this']:.1f};")
    expect(told).to_contain_text(f"has {explorer.errors()['mean image']:.1f}.")
    print(f"{stored}: largest difference {worst:.5f}")
    assert worst <= 1 / 255 + 1e-6


def test_keys_move_the_rubber_and_put_it_down(visit):
    page = visit(rub_out(rubbed=np.zeros((28, 28), bool))).page
    pad = page.get_by_role("slider")
    pad.focus()
    page.keyboard.press("Shift+ArrowLeft")
    assert "1" not in state(page, "rubbed")
    page.keyboard.press("Space")
    first = state(page, "rubbed").count("1")
    assert 12 <= first <= 24
    page.keyboard.press("Shift+ArrowLeft")
    more = state(page, "rubbed").count("1")
    assert more > first
    assert "Space lifts the rubber" in pad.get_attribute("aria-valuetext")
    page.keyboard.press("Space")
    page.keyboard.press("Home")
    assert state(page, "rubbed").count("1") == more
    assert f"{more} pixels rubbed out" in pad.get_attribute("aria-valuetext")


def test_a_finger_rubs_and_the_buttons_undo(visit):
    size = {"width": 390, "height": 844}
    explorer = rub_out(rubbed=np.zeros((28, 28), bool))
    page = visit(explorer, has_touch=True, viewport=size).page
    box = page.get_by_role("slider").bounding_box()
    x, y = box["x"], box["y"] + box["height"] / 2
    touch_drag(page, (x + 30, y), (x + 60, y), (x + 100, y + 20))
    assert state(page, "rubbed").count("1") > 40
    page.get_by_role("button", name="Undo all").tap()
    page.wait_for_timeout(400)
    assert state(page, "rubbed") == 784 * "0"
    page.get_by_role("button", name="Lower half").tap()
    page.wait_for_timeout(400)
    assert state(page, "rubbed") == 392 * "0" + 392 * "1"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1200, 390])
def test_accessible_and_no_wider_than_the_screen(visit, dark: bool, width: int):
    size = {"width": width, "height": 844}
    page = visit(rub_out(), dark=dark, viewport=size).page
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_a_still_picture_with_words(visit):
    explorer = rub_out()
    page = visit(explorer, java_script_enabled=False).page
    picture = page.get_by_role("img")
    expect(picture).to_be_visible()
    assert picture.get_attribute("alt") == explorer.describe()
