"""The explorers of chapters 3 to 5: readable in all forms, and soon there."""

import numpy as np
import pytest
from browsing import barriers
from playwright.sync_api import expect

from course_utils.explorers import GaussianKL, LiveTSNE, ReparameterizationExplorer
from course_utils.explorers.base import Explorer

VECTORS = np.random.default_rng(0).normal(size=(90, 5)).astype("float32")


def explorers() -> list[Explorer]:
    tsne = LiveTSNE(VECTORS, np.arange(90) % 3, ["left", "middle", "right"])
    return [GaussianKL(), ReparameterizationExplorer(), tsne]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1200, 390])
def test_accessible_and_no_wider_than_the_screen(visit, dark: bool, width: int):
    size = {"width": width, "height": 844}
    page = visit(*explorers(), dark=dark, viewport=size).page
    expect(page.locator(".lc-live")).to_have_count(3)
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.locator("button, input[type=range], [role=slider]").evaluate_all(
        "list => list.filter(b => b.offsetHeight < 24 || b.offsetWidth < 24).length"
    )
    assert small == 0


def test_two_of_a_kind_do_not_mix(visit):
    page = visit(ReparameterizationExplorer(), ReparameterizationExplorer()).page
    first, second = page.locator(".lc-live").all()
    # spoken a moment later
    expect(second.locator(".lc-spoken")).to_contain_text("exact gradient")
    before = second.inner_text()
    first.get_by_label("bumpy").click()
    first.get_by_role("slider").press("End")
    expect(second.get_by_label("smooth")).to_be_checked()
    assert second.inner_text() == before


def test_without_scripts_and_on_paper_a_still_picture(visit):
    page = visit(*explorers(), java_script_enabled=False).page
    for explorer, picture in zip(
        explorers(), page.get_by_role("img").all(), strict=True
    ):
        expect(picture).to_be_visible()
        assert picture.get_attribute("alt") == explorer.describe()
    page = visit(*explorers()).page
    expect(page.locator(".lc-live")).to_have_count(3)
    page.emulate_media(media="print")
    for number in range(3):
        expect(page.locator(".lc-still").nth(number)).to_be_visible()
        expect(page.locator(".lc-live").nth(number)).to_be_hidden()
