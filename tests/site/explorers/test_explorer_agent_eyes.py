"""The agent's eyes under a reader's hand: the page plays and sees as Python does."""

import pytest
from browsing import barriers
from decoder_samples import agent_eyes, difference, pictures, soon
from playwright.sync_api import Page, expect

from course_utils.explorers import AgentEyes

TRAITS = ("eye", "ball", "height", "paddle", "caught", "landed")


def state(page: Page, trait: str):
    return page.evaluate(
        "name => document.querySelector('.lc-explorer').explorer.model.get(name)", trait
    )


def same(page: Page, explorer: AgentEyes) -> float:
    """The largest difference of a pixel; the state must be the same."""
    for trait in TRAITS:
        assert state(page, trait) == pytest.approx(getattr(explorer, trait)), trait
    shown = pictures(page)
    seen = next(v for k, v in shown.items() if k.startswith("what the agent sees"))
    worst = difference(seen, explorer.seen())
    if state(page, "truth"):
        worst = max(worst, difference(shown["the true picture"], explorer.frame()))
    return worst


@pytest.mark.parametrize("stored", ["float32", "float16"])
def test_the_page_plays_and_sees_as_python_does(visit, stored: str):
    explorer = agent_eyes(stored)
    page = visit(explorer).page
    worst = same(page, explorer)
    page.get_by_role("button", name="stay").focus()
    for key, action in (("ArrowRight", 2), ("ArrowDown", 1), ("ArrowLeft", 0)):
        for _ in range(6):
            page.keyboard.press(key)
            explorer.move(action)
        worst = max(worst, same(page, explorer))
    page.get_by_role("radio", name="soft").check()
    explorer.eye = 1
    page.get_by_role("checkbox").check()
    worst = max(worst, same(page, explorer))
    page.get_by_role("button", name="left").focus()
    for _ in range(25):
        page.keyboard.press("Enter")
        explorer.move(0)
    worst = max(worst, same(page, explorer))
    assert sum(explorer.landed) >= 1
    told = page.locator(".lc-scores")
    expect(told).to_contain_text(
        f"soft: {explorer.caught[1]} of {explorer.landed[1]} caught"
    )
    print(f"{stored}: largest difference {worst:.5f}")
    assert worst <= 1 / 255 + 1e-6


def test_a_click_is_one_move_and_a_held_button_goes_on(visit):
    page = visit(agent_eyes()).page
    button = page.get_by_role("button", name="right")
    button.click()
    assert state(page, "height") == 10
    box = button.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    assert soon(page, lambda: state(page, "height") >= 13)
    page.mouse.up()
    at = state(page, "height")
    page.wait_for_timeout(400)
    assert state(page, "height") == at


def test_a_finger_taps_and_the_ball_that_fell_is_told(visit):
    size = {"width": 390, "height": 844}
    explorer = agent_eyes(height=24.0)
    page = visit(explorer, has_touch=True, viewport=size).page
    page.get_by_role("button", name="stay").tap()
    assert soon(page, lambda: state(page, "landed") == [1, 0])
    expect(page.get_by_role("status")).to_contain_text("Missed: the ball fell")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1200, 390])
def test_accessible_and_no_wider_than_the_screen(visit, dark: bool, width: int):
    size = {"width": width, "height": 844}
    page = visit(agent_eyes(), dark=dark, viewport=size).page
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_a_still_picture_with_words(visit):
    explorer = agent_eyes()
    page = visit(explorer, java_script_enabled=False).page
    picture = page.get_by_role("img")
    expect(picture).to_be_visible()
    assert picture.get_attribute("alt") == explorer.describe()
