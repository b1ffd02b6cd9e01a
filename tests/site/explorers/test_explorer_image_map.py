"""The map of images: the page's numbers are Python's, by hand and by key."""

import numpy as np
import pytest
import torch
from browsing import barriers
from decoder_samples import difference, pictures, position
from playwright.sync_api import Page, expect

from course_utils.explorers import ImageMap
from course_utils.explorers.image_map import NEAR

RNG = np.random.default_rng(0)
SPACE = RNG.normal(size=(60, 5)).astype("float32")
IMAGES = RNG.integers(0, 256, (60, 28, 28), "uint8")
MAPS = {"first two": SPACE[:, :2], "others": 7 * SPACE[:, 2:4]}


def image_map(**options: object) -> ImageMap:
    options = {"labels": np.arange(60) % 3, "class_names": ["a", "b", "c"]} | options
    return ImageMap(IMAGES, MAPS, SPACE, **options)


def check(page: Page, explorer: ImageMap) -> None:
    shown = pictures(page)
    assert difference(shown["the image picked"], IMAGES[explorer.chosen] / 255) < 0.01
    for k, j in enumerate(explorer.neighbours[explorer.chosen]):
        name = f"neighbour {k + 1}: {'abc'[j % 3]}"
        assert difference(shown[name], IMAGES[j] / 255) < 0.01
    told = page.locator(".lc-nearby").inner_text()
    assert (
        told == f"Of its {NEAR} nearest in truth, the map keeps {explorer.kept()} "
        "nearest."
    )


@pytest.mark.parametrize("home", ["http", "file"])
def test_mouse_and_maps(visit, home: str):
    explorer = image_map()
    page = visit(explorer, home=home).page
    check(page, explorer)
    pad = page.get_by_role("slider")
    box = pad.bounding_box()
    for x, y in ((0.3, 0.4), (0.8, 0.5)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        explorer.at = [v / 100 for v in _at(pad)]
        check(page, explorer)
    here = explorer.chosen
    page.get_by_label("others").check()
    explorer.map = "others"
    explorer.at = explorer.places["others"][here].tolist()
    assert explorer.chosen == here
    check(page, explorer)


def _at(pad) -> tuple[float, float]:
    return position(pad)


def test_the_keyboard(visit):
    explorer = image_map()
    page = visit(explorer).page
    page.keyboard.press("Tab")
    expect(page.get_by_role("slider")).to_be_focused()
    for key in ("Home", "PageUp", "Shift+ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
        explorer.at = [v / 100 for v in _at(page.get_by_role("slider"))]
        check(page, explorer)
    spoken = page.get_by_role("slider").get_attribute("aria-valuetext")
    assert spoken.endswith("nearest.")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1200, 390])
def test_accessible_and_no_wider_than_the_screen(visit, dark: bool, width: int):
    size = {"width": width, "height": 844}
    page = visit(image_map(), dark=dark, viewport=size).page
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_classes_and_in_colour(visit):
    images = RNG.integers(0, 256, (20, 32, 32, 3), "uint8")
    explorer = ImageMap(images, {"map": SPACE[:20, :2]}, SPACE[:20])
    page = visit(explorer).page
    assert difference(pictures(page)["the image picked"], images[0] / 255) < 0.01
    expect(page.locator(".lc-where")).to_have_text("image 1")
    expect(page.locator(".lc-key")).to_have_count(0)
    explorer.draw().canvas.draw()
    assert "keeps" in explorer.describe()


def test_mistakes_get_one_sentence():
    for call, words in (
        (lambda: ImageMap(IMAGES, {}, SPACE), "needs a map"),
        (lambda: ImageMap(IMAGES, {"m": SPACE}, SPACE), "two numbers for each"),
        (lambda: ImageMap(IMAGES, {"m": SPACE[:9, :2]}, SPACE), "60 images but 9 m"),
        (lambda: ImageMap(IMAGES, MAPS, SPACE * np.nan), "NaN"),
    ):
        with pytest.raises(ValueError, match=words):
            call()


def test_neighbours_are_those_of_the_space():
    away = torch.cdist(torch.tensor(SPACE), torch.tensor(SPACE)).fill_diagonal_(9e9)
    expected = away.topk(NEAR, largest=False).indices
    assert np.array_equal(image_map().neighbours, expected)
