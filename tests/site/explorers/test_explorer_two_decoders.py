"""Two decoders on a page, and what explorers of decoders have in common."""

import re

import numpy as np
import pytest
from browsing import barriers
from decoder_samples import (
    attribute_sliders,
    difference,
    face_triangle,
    interpolation,
    pictures,
    style_board,
    touch_drag,
    two_decoders,
    voice_pad,
)
from playwright.sync_api import Locator, expect

ALL = [interpolation, face_triangle, attribute_sliders, two_decoders, style_board]
ALL += [voice_pad]


def on_pad(pad: Locator, z: tuple[float, float]) -> tuple[float, float]:
    """The point of the window where the pad has this z."""
    box = pad.evaluate(
        "p => { const b = p.getBoundingClientRect();"
        "return [b.left + p.clientLeft, b.top + p.clientTop, p.clientWidth, "
        "p.clientHeight]; }"
    )
    right, up = (np.array(z) / 3 + 1) / 2
    return box[0] + right * box[2], box[1] + (1 - up) * box[3]


@pytest.mark.parametrize("home", ["http", "file"])
@pytest.mark.parametrize("stored", ["float32", "float16", "int8"])
def test_one_drag_two_images_as_torch_decodes(visit, home: str, stored: str):
    explorer = two_decoders(stored)
    page = visit(explorer, home=home).page
    pad = page.get_by_role("slider")
    page.mouse.move(*on_pad(pad, (0, 0)))
    page.mouse.down()
    worst = 0.0
    for z in ((1, -1.5), (-2.5, 2), (3, 3), (0.3, 0)):
        page.mouse.move(*on_pad(pad, z))
        explorer.z = z
        shown = pictures(page)
        for name, image in explorer.decode().items():
            worst = max(worst, difference(shown[name], image))
    page.mouse.up()
    print(f"{stored} over {home}: largest difference {worst:.5f}")
    assert worst <= 1 / 255 + (0 if stored == "float32" else 2 * explorer.rounding)


def test_fingers_and_keys_move_the_place(visit):
    explorer = two_decoders()
    size = {"width": 390, "height": 844}
    page = visit(explorer, has_touch=True, viewport=size).page
    pad = page.get_by_role("slider")
    touch_drag(page, *(on_pad(pad, z) for z in ((0, 0), (1, 0), (1.5, -0.9))))
    expect(page.locator(".lc-where")).to_have_text("z = (1.50, −0.90)")
    page.keyboard.press("Tab")
    expect(pad).to_be_focused()
    for key in ("ArrowLeft", "Shift+ArrowUp"):
        page.keyboard.press(key)
    expect(page.locator(".lc-where")).to_have_text("z = (1.38, −0.30)")
    page.keyboard.press("Home")
    explorer.z = (-3, -0.3)
    shown = pictures(page)
    for name, image in explorer.decode().items():
        assert difference(shown[name], image) <= 1 / 255


@pytest.mark.parametrize("stored", ["float32", "int8"])
def test_ten_classes_follow_hand_and_keys(visit, stored: str):
    explorer = style_board(stored)
    page = visit(explorer).page
    pad = page.get_by_role("slider")
    page.mouse.click(*on_pad(pad, (1.5, -0.75)))  # of 3; the board's pad goes to 2
    for key in ("ArrowLeft", "Shift+ArrowUp"):
        page.keyboard.press(key)
    where = page.locator(".lc-where")
    expect(where).to_have_text(re.compile(r"z = \(0\.9., −0\.1.\)"))
    page.keyboard.press("Home")
    expect(where).to_have_text(re.compile(r"z = \(−2\.00, "))
    explorer.z = [float(v.replace("−", "-")) for v in re.findall(
        r"−?[\d.]+", where.text_content())]  # fmt: skip
    shown, written = pictures(page), explorer.decode()
    assert list(shown) == list(written) == [str(digit) for digit in range(10)]
    for name, image in written.items():  # z is shown with two decimals
        assert difference(shown[name], image) <= 0.02 + 2 * explorer.rounding


def test_marks_stand_where_they_say(visit):
    marks = {"0": (-2, -1.5), "1": (2, -1.5), "shoe": (0, 2)}
    explorer = two_decoders(marks=marks)
    assert explorer.z == [-2, -1.5]  # the first mark
    page = visit(explorer).page
    expect(page.locator(".lc-where")).to_have_text("z = (−2.00, −1.50)")
    pad = page.get_by_role("slider")
    for name, place in marks.items():
        mark = page.locator(".lc-mark", has_text=name)
        dot = mark.locator(".lc-swatch").bounding_box()
        middle = dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2
        assert middle == pytest.approx(on_pad(pad, place), abs=1)
    page.mouse.click(*middle)  # through the mark, on the pad
    explorer.z = [0, 2]
    shown = pictures(page)
    for name, image in explorer.decode().items():
        assert difference(shown[name], image) <= 0.02  # within a pixel of the pad


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1200, 390])
def test_accessible_and_no_wider_than_the_screen(visit, dark: bool, width: int):
    size = {"width": width, "height": 844}
    page = visit(*(make() for make in ALL), dark=dark, viewport=size).page
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.locator("button, input").evaluate_all(
        "list => list.filter(b => Math.min(b.offsetHeight, b.offsetWidth) < 24"
        " && b.closest('label')?.offsetHeight < 24).length"
    )
    assert small == 0


@pytest.mark.parametrize("make", ALL)
def test_without_scripts_a_still_picture_with_words(visit, make):
    explorer = make()
    page = visit(explorer, java_script_enabled=False).page
    picture = page.get_by_role("img")
    expect(picture).to_be_visible()
    assert picture.get_attribute("alt") == explorer.describe()
    assert picture.evaluate("i => i.naturalWidth") > 500
