"""The latent map on a page: what it shows, by mouse, touch and keyboard."""

from collections.abc import Callable

import numpy as np
import pytest
from decoder_samples import (
    difference,
    face_triangle,
    pictures,
    position,
    touch_drag,
    two_decoders,
)
from explorer_samples import CODES, LABELS, decoder, latent_map
from playwright.sync_api import Locator, Page, expect

from course_utils.explorers import LatentMap


def code_at(explorer: LatentMap, pad: Locator, x: float, y: float) -> list[float]:
    """The code under a point of the window, worked out from the pad's place."""
    left, top, width, height = pad.evaluate(
        "p => { const b = p.getBoundingClientRect();"
        "return [b.left + p.clientLeft, b.top + p.clientTop, p.clientWidth, "
        "p.clientHeight]; }"
    )
    view = explorer.views[explorer.model]
    at = np.clip([(x - left) / width, 1 - (y - top) / height], 0, 1)
    return (np.array(view["centre"]) + (2 * at - 1) * view["reach"]).tolist()


def error(page: Page, explorer: LatentMap) -> float:
    return difference(pictures(page)["decoded image"], explorer.decode())


@pytest.mark.parametrize("home", ["http", "file"])
@pytest.mark.parametrize("stored", ["float32", "float16", "int8"])
def test_a_drag_shows_what_torch_decodes(visit, home: str, stored: str):
    explorer = latent_map(stored)
    page = visit(explorer, home=home).page
    pad = page.get_by_role("slider")
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    worst = 0.0
    for step in range(11):
        x, y = box["x"] + 20 + 30 * step, box["y"] + 20 + 25 * step
        page.mouse.move(x, y)
        explorer.z = code_at(explorer, pad, x, y)
        worst = max(worst, error(page, explorer))
    page.mouse.up()
    page.mouse.move(box["x"] + 50, box["y"] + 50)  # the button is up: nothing moves
    assert error(page, explorer) <= worst
    print(f"{stored} over {home}: largest difference {worst:.5f}")
    # A screen's half step, and what storing the weights costs (told by `rounding` at
    # the codes; between and beyond them it may be a little more).
    assert worst <= 1 / 255 + (0 if stored == "float32" else 2 * explorer.rounding)


def test_a_finger_drags_too(visit):
    explorer = latent_map()
    page = visit(explorer, has_touch=True, viewport={"width": 390, "height": 844}).page
    pad = page.get_by_role("slider")
    box = pad.bounding_box()
    touch_drag(page, *((box["x"] + by, box["y"] + by) for by in (30, 60, 110)))
    explorer.z = code_at(explorer, pad, box["x"] + 110, box["y"] + 110)
    assert error(page, explorer) <= 1 / 255
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("make", [two_decoders, face_triangle])
def test_a_finger_beside_the_pad_scrolls_the_page(visit, make: Callable):
    """A pad keeps the finger that touches it, so a phone needs room beside it."""
    size = {"width": 390, "height": 400}
    page = visit(make(), has_touch=True, is_mobile=True, viewport=size).page
    page.add_style_tag(content="main { padding-bottom: 1000px }")
    box = page.get_by_role("slider").bounding_box()

    def swipe(x: float) -> float:
        touch_drag(page, *((x, box["y"] + y) for y in (150, 130, 90, 50)))
        return page.evaluate("scrollY")

    assert swipe(box["x"] + 60) == 0
    assert swipe(box["x"] - 12) > 40


def test_codes_all_alike_are_a_map_too(visit):
    explorer = LatentMap(decoder(), 0 * CODES + 2, LABELS)
    page = visit(explorer).page
    assert position(page.get_by_role("slider")) == pytest.approx((50, 50))
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    explorer.z = [2.04, 2]
    assert error(page, explorer) <= 1 / 255 + 2 * explorer.rounding
    expect(page.locator(".lc-nearby")).to_have_text("nearest image: 0, 0.04 away")


def test_the_keyboard_reaches_everything(visit):
    page = visit(latent_map()).page
    page.keyboard.press("Tab")
    pad = page.get_by_role("slider")
    expect(pad).to_be_focused()
    x, y = position(pad)
    for key in ("ArrowRight", "Shift+ArrowRight", "PageUp", "ArrowDown"):
        page.keyboard.press(key)
    assert position(pad) == pytest.approx((x + 12, y + 8), abs=0.01)
    page.keyboard.press("Home")
    assert position(pad)[0] == 0
    assert pad.get_attribute("aria-valuenow") == "0"
    assert "nearest image: " in pad.get_attribute("aria-valuetext")
    outline = "e => getComputedStyle(e).outlineStyle"
    assert pad.evaluate(outline) == "solid"
    page.keyboard.press("Tab")
    expect(page.get_by_label("VAE")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("autoencoder")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Glide to 0")).to_be_focused()


def test_another_model_shows_the_same_image_of_its_own(visit):
    explorer = latent_map()
    page = visit(explorer).page
    page.get_by_label("autoencoder").click()
    explorer.model, explorer.z = "autoencoder", (9 * CODES[0]).tolist()
    assert error(page, explorer) <= 1 / 255
    expect(page.locator(".lc-nearby")).to_have_text("nearest image: 0, 0.00 away")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_a_button_glides_to_its_class(visit, motion: str):
    page = visit(latent_map(), reduced_motion=motion).page
    page.get_by_role("button", name="Glide to 7").click()
    if motion == "reduce":  # at once
        assert "nearest image: 7, 0.00" in page.locator(".lc-nearby").text_content()
    else:
        expect(page.locator(".lc-nearby")).to_have_text("nearest image: 7, 0.00 away")
