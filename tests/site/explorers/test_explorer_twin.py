"""Any explorer on a page without a kernel."""

import numpy as np
import pytest
from browsing import barriers
from decoder_samples import pictures
from explorer_samples import latent_map, word_map
from playwright.sync_api import expect


def test_explorers_on_one_page_do_not_mix(visit):
    same = latent_map()
    page = visit(same, word_map(), same, word_map()).page
    first, second = page.locator(".lc-latent-map").all()
    before = pictures(second)["decoded image"]
    first.get_by_label("autoencoder").click()
    first.get_by_role("slider").press("PageUp")
    expect(second.get_by_label("VAE")).to_be_checked()
    np.testing.assert_array_equal(pictures(second)["decoded image"], before)
    lists = page.locator("datalist").evaluate_all("l => l.map(e => e.id)")
    assert len(set(lists)) == 2
    assert np.abs(pictures(first)["decoded image"] - before).max() > 0.1


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1200, 390])
def test_accessible_and_no_wider_than_the_screen(visit, dark: bool, width: int):
    size = {"width": width, "height": 844}
    page = visit(latent_map(), word_map(), dark=dark, viewport=size).page
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.locator("button").evaluate_all(
        "list => list.filter(b => b.offsetHeight < 24 || b.offsetWidth < 24).length"
    )
    assert small == 0


def test_without_scripts_and_on_paper_a_still_picture(visit):
    page = visit(latent_map(), java_script_enabled=False).page
    picture = page.get_by_role("img")
    expect(picture).to_be_visible()
    assert picture.get_attribute("alt").startswith("The codes of 200 images")
    page = visit(latent_map()).page
    expect(page.locator(".lc-still")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator(".lc-still")).to_be_visible()
    expect(page.locator(".lc-live")).to_be_hidden()
