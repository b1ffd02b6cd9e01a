"""The face triangle and the attribute sliders on a page, alone and together."""

import numpy as np
import pytest
from decoder_samples import (
    FACE_CODES,
    FACES,
    attribute_sliders,
    difference,
    face_triangle,
    network,
    pictures,
    soon,
    touch_drag,
)
from playwright.sync_api import Locator, expect

from course_utils.explorers import FaceTriangle

MIX = "decoded mix of the three faces"
CORNERS = np.array([[0.5, 0.84], [0.14, 0.15], [0.86, 0.15]])


def on_pad(pad: Locator, weights: list[float]) -> tuple[float, float]:
    """The point of the window where the pad has these shares."""
    left, top, width, height = pad.evaluate(
        "p => { const b = p.getBoundingClientRect();"
        "return [b.left + p.clientLeft, b.top + p.clientTop, p.clientWidth, "
        "p.clientHeight]; }"
    )
    x, y = np.array(weights) @ CORNERS
    return left + x * width, top + (1 - y) * height


def error(explorer: FaceTriangle, page, weights: list[float]) -> float:
    explorer.weights = weights
    return difference(pictures(page)[MIX], explorer.decode())


@pytest.mark.parametrize("home", ["http", "file"])
@pytest.mark.parametrize("stored", ["float32", "float16", "int8"])
def test_a_drag_in_the_triangle_shows_what_torch_decodes(visit, home: str, stored: str):
    explorer = face_triangle(stored)
    page = visit(explorer, home=home).page
    pad = page.get_by_role("slider")
    limit = 1 / 255 + (0 if stored == "float32" else 2 * explorer.rounding)
    worst = error(explorer, page, [1 / 3] * 3)
    page.mouse.move(*on_pad(pad, [1 / 3] * 3))
    page.mouse.down()
    for weights in ([0.5, 0.3, 0.2], [0.1, 0.1, 0.8], [1, 0, 0], [0, 0.5, 0.5]):
        page.mouse.move(*on_pad(pad, weights))
        worst = max(worst, error(explorer, page, weights))
    page.mouse.move(*on_pad(pad, [-0.2, 0.8, 0.4]))  # outside: the nearest point inside
    worst = max(worst, error(explorer, page, [0, 0.7, 0.3]))
    page.mouse.up()
    print(f"{stored} over {home}: largest difference {worst:.5f}")
    assert worst <= limit
    page.get_by_role("button", name="Next face, top").click()
    page.get_by_role("button", name="Previous face, left").click()
    page.get_by_role("button", name="Previous face, left").click()
    explorer.corners = [3, 5, 2]  # 1 and 2 were taken
    assert difference(pictures(page)[MIX], explorer.decode()) <= limit


def test_a_finger_drags_in_the_triangle(visit):
    explorer = face_triangle()
    size = {"width": 390, "height": 844}
    page = visit(explorer, has_touch=True, viewport=size).page
    pad = page.get_by_role("slider")
    way = [1 / 3] * 3, [0.2, 0.2, 0.6], [0.1, 0.6, 0.3]
    touch_drag(page, *(on_pad(pad, weights) for weights in way))
    assert error(explorer, page, [0.1, 0.6, 0.3]) <= 1 / 255
    assert page.evaluate("scrollY") == 0
    page.get_by_role("button", name="Next face, right").tap()
    explorer.corners = [0, 1, 3]
    image = explorer.decode()
    assert soon(page, lambda: difference(pictures(page)[MIX], image) <= 1 / 255)


def test_keys_move_the_point_and_swap_the_faces(visit):
    explorer = face_triangle()
    page = visit(explorer).page
    page.keyboard.press("Tab")
    pad = page.get_by_role("slider")
    expect(pad).to_be_focused()
    assert pad.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")  # against the lower edge
    assert error(explorer, page, [0, 0.5, 0.5]) <= 1 / 255
    page.keyboard.press("End")
    assert error(explorer, page, [0, 0, 1]) <= 1 / 255
    assert pad.get_attribute("aria-valuetext") == "0% top, 0% left, 100% right"
    for _ in range(6):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    explorer.corners = [0, 1, 3]
    assert difference(pictures(page)[MIX], explorer.decode()) <= 1 / 255


def test_no_face_comes_to_stand_at_two_corners(visit):
    explorer = face_triangle()
    page = visit(explorer).page
    for corner in ("top", "top", "right", "left", "right"):
        page.get_by_role("button", name=f"Next face, {corner}").click()
    explorer.corners = [4, 2, 5]
    assert error(explorer, page, [1 / 3] * 3) <= 1 / 255
    shares = page.locator(".lc-swap span").all_text_contents()
    assert shares == ["top 33%", "left 33%", "right 33%"]


def test_with_two_faces_there_is_no_other_to_swap_in(visit):
    explorer = FaceTriangle(network(5, 3072, 3), FACE_CODES[:2], corners=[0, 0, 1])
    page = visit(explorer).page
    page.get_by_role("button", name="Next face, top").click()
    assert error(explorer, page, [1 / 3] * 3) <= 1 / 255 + 2 * explorer.rounding
    page.get_by_role("button", name="Next face, right").click()
    assert error(explorer, page, [1 / 3] * 3) <= 1 / 255 + 2 * explorer.rounding


@pytest.mark.parametrize("stored", ["float32", "float16", "int8"])
def test_sliders_change_the_face_as_torch_does(visit, stored: str):
    explorer = attribute_sliders(stored)
    page = visit(explorer).page
    limit = 1 / 255 + (0 if stored == "float32" else 2 * explorer.rounding)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.get_by_label("smile").fill("-1.4")
    page.get_by_label("glasses").focus()
    for _ in range(25):
        page.keyboard.press("ArrowUp")
    explorer.start, explorer.amounts = 1, {"smile": -1.4, "glasses": 0.5}
    shown = pictures(page)
    worst = difference(shown["changed"], explorer.decode())
    print(f"{stored}: largest difference {worst:.5f}")
    assert worst <= limit
    assert difference(shown["image"], FACES[1] / 255) <= 1e-6
    said = page.locator("output").all_text_contents()
    assert said == ["+0.50", "−1.40"]
    page.get_by_role("button", name="Reset").click()
    shown = pictures(page)
    np.testing.assert_array_equal(shown["changed"], shown["decoded"])
    assert difference(shown["decoded"], explorer.decoded("decoder", explorer.codes[1]))
    assert page.locator("output").all_text_contents() == ["0.00", "0.00"]


def test_a_generator_needs_no_images(visit):
    explorer = attribute_sliders(images=None)
    size = {"width": 390, "height": 844}
    page = visit(explorer, has_touch=True, viewport=size).page
    page.locator(".lc-strip input").nth(4).tap()
    box = page.get_by_label("smile").bounding_box()
    middle, end = box["y"] + box["height"] / 2, box["x"] + box["width"]
    centre = box["x"] + box["width"] / 2
    touch_drag(page, (centre, middle), (end - 30, middle), (end, middle))
    explorer.start, explorer.amounts = 4, {"smile": 2.0}
    shown = pictures(page)
    assert set(shown) == {"start", "changed"}
    assert difference(shown["changed"], explorer.decode()) <= 1 / 255


@pytest.mark.parametrize("home", ["http", "file"])
def test_two_explorers_of_one_decoder_bring_it_once(visit, home: str):
    triangle = face_triangle(hidden=32)
    sliders = attribute_sliders(weights_of=triangle)
    alone = attribute_sliders()
    saved = len(alone.html()) - len(sliders.html())
    assert saved == pytest.approx(len(alone.parameters) * 4 / 3, rel=0.01)
    assert sliders.parameters == alone.parameters  # live, each has its own
    page = visit(triangle, sliders, home=home).page
    shown = pictures(page)
    assert difference(shown[MIX], triangle.decode()) <= 1 / 255
    assert difference(shown["changed"], sliders.decode()) <= 1 / 255


def test_without_the_lender_the_still_picture_stays(visit):
    seen = visit(attribute_sliders(weights_of=face_triangle()))
    expect(seen.page.locator(".lc-still")).to_be_visible()
    assert "no parameters above" in seen.complaints[0]
    seen.complaints.clear()
