"""Explorers under a reader's hand: nothing wraps raggedly, jumps or stands askew."""

from itertools import pairwise

import numpy as np
import pytest
from decoder_samples import (
    DIRECTIONS,
    RNG,
    attribute_sliders,
    face_triangle,
    interpolation,
    network,
    noise_to_digit,
    rub_out,
    style_board,
    two_decoders,
    voice_pad,
)
from explorer_samples import latent_map, word_map
from playwright.sync_api import Page

from course_utils.explorers import (
    AttributeSliders,
    GaussianKL,
    ReparameterizationExplorer,
)

# Where every part stands that does not itself follow the reader's hand.
PLACES = """() => [...document.querySelectorAll('.lc-live *')]
  .filter(e => !e.closest('svg, .lc-handle, .lc-marker, .lc-bar, .lc-spoken'))
  .map(e => { const b = e.getBoundingClientRect();
    return [e.className || e.tagName, b.top + scrollY, b.height]; })"""


@pytest.mark.parametrize("width", [1200, 560, 390])
@pytest.mark.parametrize(
    "make",
    [
        latent_map,
        GaussianKL,
        ReparameterizationExplorer,
        face_triangle,
        attribute_sliders,
        interpolation,
        noise_to_digit,
        rub_out,
        style_board,
        two_decoders,
        voice_pad,
    ],
)
def test_nothing_jumps_while_the_reader_drags(visit, make, width: int):
    page = visit(make(), viewport={"width": width, "height": 900}).page
    before = page.evaluate(PLACES)
    for slider in page.get_by_role("slider").all():
        for key in ("Home", "Shift+ArrowDown", "End", "PageUp", "ArrowLeft"):
            slider.press(key)
            assert page.evaluate(PLACES) == before


def rows(page: Page) -> list[int]:
    """How many images stand in each row of the first strip."""
    tops = (
        page.locator(".lc-strip")
        .first.locator("canvas")
        .evaluate_all(
            "list => list.map(c => Math.round(c.getBoundingClientRect().top))"
        )
    )
    return [tops.count(top) for top in sorted(set(tops))]


@pytest.mark.parametrize(
    ("width", "of_twenty", "of_24"), [(1200, 2, 2), (390, 2, 3), (320, 2, 3)]
)
def test_strips_have_rows_of_one_length(visit, width: int, of_twenty: int, of_24: int):
    codes = RNG.normal(size=(24, 5)).astype("float32")
    faces = AttributeSliders(network(5, 3072, 3), codes, DIRECTIONS)
    for explorer, expected in ((interpolation(), of_twenty), (faces, of_24)):
        page = visit(explorer, viewport={"width": width, "height": 900}).page
        assert len(rows(page)) == expected
        assert len(set(rows(page))) == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [1200, 390])
def test_pictures_stand_flush_and_their_names_in_one_line(visit, width: int):
    page = visit(interpolation(), viewport={"width": width, "height": 900}).page
    page.add_style_tag(content="figure { padding: 8px }")  # as the book's theme
    left = page.locator(".lc-live").bounding_box()["x"]
    pictures = page.locator(".lc-picture canvas")
    assert pictures.first.bounding_box()["x"] == pytest.approx(left, abs=0.1)
    heights = page.locator("figcaption").evaluate_all(
        "list => list.filter(c => c.closest('.lc-live')).map(c => c.offsetHeight)"
    )
    assert len(heights) == 3
    assert max(heights) < 25


def test_boxes_to_tick_are_large_and_show_focus(visit):
    page = visit(GaussianKL(), interpolation(), latent_map()).page
    boxes = page.locator("[type=checkbox], .lc-choices [type=radio]")
    assert boxes.count() == 5
    for box in boxes.all():
        assert box.bounding_box()["width"] >= 16
        box.focus()
        page.keyboard.press("Space")
        outline = "e => [getComputedStyle(e).outlineStyle, e.matches(':focus-visible')]"
        assert box.evaluate(outline) == ["solid", True]


def test_labels_on_the_word_map_lie_on_no_dot_and_no_other_label(visit):
    page = visit(word_map()).page
    boxes = page.locator(".lc-tag:visible, .lc-point").evaluate_all(
        "list => list.map(e => { const b = e.getBoundingClientRect();"
        "return [e.className.includes('tag'), b.left, b.top, b.right, b.bottom]; })"
    )
    tags = [box[1:] for box in boxes if box[0]]
    points = [box[1:] for box in boxes if not box[0]]
    assert len(tags) > 3
    for i, (left, top, right, bottom) in enumerate(tags):
        for other in points + tags[:i]:
            apart = [other[0] - right, left - other[2], other[1] - bottom]
            assert max(*apart, top - other[3]) >= -2


def test_a_map_says_its_scale(visit):
    """Dots that a switch of models leaves alike stand on other scales."""
    page = visit(latent_map()).page
    seen = []
    page.evaluate(
        "() => { const draw = CanvasRenderingContext2D.prototype.fillText;"
        "window.said = []; CanvasRenderingContext2D.prototype.fillText ="
        "function (text, ...at) { said.push(text); draw.call(this, text, ...at); }; }"
    )
    for name in ("autoencoder", "VAE"):
        page.evaluate("said.length = 0")
        page.get_by_label(name).click()
        numbers = [float(text.replace("−", "-")) for text in page.evaluate("said")]
        seen.append(max(numbers))
        assert {0.0} < set(numbers)
        steps = {round(b - a, 6) for a, b in pairwise(sorted(set(numbers)))}
        assert len(steps) == 1
    assert seen[0] > 4 * seen[1]
    assert np.isfinite(seen).all()
