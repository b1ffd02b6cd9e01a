"""From noise to digit under a reader's hand: the page's flow is torch's."""

import numpy as np
import pytest
from browsing import barriers
from decoder_samples import difference, noise_to_digit, pictures, soon
from playwright.sync_api import Page, expect

from course_utils.explorers import NoiseToDigit

TRAITS = ("start", "time", "asked", "guidance", "roll")


def same(page: Page, explorer: NoiseToDigit) -> float:
    """The largest difference of a pixel from what Python makes of the page's state."""
    for trait in TRAITS:
        value = page.evaluate(
            "t => document.querySelector('.lc-explorer').explorer.model.get(t)", trait
        )
        setattr(explorer, trait, value)
    shown, wanted = pictures(page), explorer.decode()
    return max(difference(shown[name], image) for name, image in wanted.items())


@pytest.mark.parametrize("stored", ["float32", "float16", "int8"])
def test_the_page_flows_as_torch_does(visit, stored: str):
    explorer = noise_to_digit(stored)
    page = visit(explorer).page
    worst = same(page, explorer)
    box = page.get_by_role("slider").first.bounding_box()
    page.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + 0.4 * box["height"])
    worst = max(worst, same(page, explorer))
    assert explorer.start[0] > 0.1
    time, guidance = (page.get_by_label(name) for name in ("time", "guidance"))
    time.fill("0.63")
    expect(guidance).to_be_disabled()
    page.get_by_role("radio", name="3", exact=True).check()
    guidance.fill("2.5")
    worst = max(worst, same(page, explorer))
    assert (explorer.time, explorer.asked) == (0.63, 3)
    page.get_by_role("button", name="Other noise").click()
    worst = max(worst, same(page, explorer))
    told = page.locator(".lc-told")
    expect(told).to_have_text(f"Spread of the cloud: {explorer.spread():.2f}")
    assert worst <= {"float32": 2 / 255, "float16": 3 / 255, "int8": 0.2}[stored]


def test_it_is_played_and_by_keyboard(visit):
    explorer = noise_to_digit()
    page = visit(explorer).page
    pad = page.get_by_role("slider").first
    pad.press("Shift+ArrowRight")
    pad.press("ArrowUp")
    page.get_by_label("time").press("ArrowRight")
    assert same(page, explorer) <= 2 / 255
    assert np.all(np.array(explorer.start) > 0)
    assert explorer.time == pytest.approx(0.005)
    play = page.get_by_role("button", name="Play")
    play.press("Enter")  # readers who want no motion are at the end at once
    assert soon(page, lambda: same(page, explorer) < 0.02 and explorer.time == 1)
    assert barriers(page) == []


def test_play_moves_time_and_a_hand_stops_it(visit):
    page = visit(noise_to_digit(), reduced_motion="no-preference").page
    time = page.get_by_label("time")
    page.get_by_role("button", name="Play").click()
    assert soon(page, lambda: 0 < float(time.input_value()) < 1)
    time.fill("0.2")
    page.wait_for_timeout(200)
    assert float(time.input_value()) == pytest.approx(0.2)
