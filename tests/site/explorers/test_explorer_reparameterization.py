"""The reparameterization explorer on a page: samples, estimates, controls."""

import pytest
from playwright.sync_api import Page, expect

from course_utils.explorers import ReparameterizationExplorer


def says(page: Page) -> list[list[float]]:
    """Mean and standard deviation of each pile, as the page says them."""
    words = page.locator(".lc-estimate p:last-child").all_text_contents()
    return [
        [float(w) for w in line.replace("−", "-").replace(",", "").split()[1::3]]
        for line in words
    ]


def expected(explorer: ReparameterizationExplorer) -> list:
    return [
        pytest.approx([values.mean(), values.std()], abs=0.0051)
        for values in explorer.estimates().values()
    ]


@pytest.mark.parametrize("home", ["http", "file"])
@pytest.mark.parametrize("objective", ["smooth", "bumpy"])
def test_the_page_estimates_what_python_does(visit, home: str, objective: str):
    explorer = ReparameterizationExplorer(objective=objective, seed=2**32 - 1)
    page = visit(explorer, home=home).page
    assert says(page) == expected(explorer)
    exact = f"{explorer.exact():.2f}".replace("-", "−")
    expect(page.locator(".lc-range")).to_contain_text(f"exact gradient, {exact};")


def strokes(page: Page, kind: str) -> list[float]:
    """Where the drawn draws stand, ε or z, on the axis from −4 to 4."""
    path = page.locator(f".{kind} .lc-ticks").get_attribute("d")
    return [float(s.split(",")[0]) * 8 / 100 - 4 for s in path.split("M")[1:]]


def test_samples_move_with_the_handle_and_the_noise_stays(visit):
    explorer = ReparameterizationExplorer()
    page = visit(explorer).page
    noise = strokes(page, "lc-noise")
    assert noise == pytest.approx(explorer.noise[:20].tolist(), abs=1e-9)
    handle = page.get_by_role("slider", name="μ and σ")
    chart = page.locator(".lc-samples").bounding_box()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + chart["width"] / 8, y, steps=3)
    page.mouse.up()
    assert strokes(page, "lc-noise") == noise
    samples = strokes(page, "lc-samples")
    assert samples == pytest.approx([0.5 + e for e in noise], abs=0.03)
    expect(page.locator(".lc-where")).to_contain_text("μ = 0.5")


def test_the_keyboard_moves_and_draws(visit):
    explorer = ReparameterizationExplorer()
    page = visit(explorer).page
    handle = page.get_by_role("slider", name="μ and σ")
    expect(handle).to_be_visible()
    page.keyboard.press("Tab")
    expect(handle).to_be_focused()
    for key in ("Shift+ArrowRight", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    explorer.mu, explorer.sigma = 0.0, 1.05**2
    assert says(page) == expected(explorer)
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="smooth")).to_be_focused()
    page.keyboard.press("ArrowDown")
    explorer.objective = "bumpy"
    assert says(page) == expected(explorer)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    explorer.count = 300
    assert says(page) == expected(explorer)
    expect(page.get_by_role("status")).to_contain_text("exact gradient −0.50; pathwise")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    explorer.count, explorer.seed = 100, 1
    assert says(page) == expected(explorer)


def bars(page: Page, kind: str) -> list[float]:
    """The heights of a histogram's 61 bars, the highest of both piles being 96."""
    path = page.locator(f".lc-histogram.lc-{kind} .lc-bars").get_attribute("d")
    return [100 - float(s.split(",")[1].split("H")[0]) for s in path.split("L")[1:-1]]


def test_estimates_pile_up(visit):
    explorer = ReparameterizationExplorer()
    page = visit(explorer, reduced_motion="no-preference").page
    before = {kind: bars(page, kind) for kind in ("pathwise", "score")}
    page.get_by_role("button", name="Draw 100 more").click()
    expect(page.locator(".lc-range")).to_contain_text("200 draws")
    explorer.count = 200
    assert says(page) == expected(explorer)
    for kind, old in before.items():
        new = bars(page, kind)
        assert len(new) == 61
        assert new != old
    # The same draws in both: each pile has as many bars' worth of them.
    piles = [sum(bars(page, kind)) for kind in before]
    assert piles[0] == pytest.approx(piles[1], rel=0.01)


def test_a_finger_drags_the_cloud(visit):
    size = {"width": 390, "height": 844}
    explorer = ReparameterizationExplorer()
    page = visit(explorer, has_touch=True, viewport=size).page
    box = page.get_by_role("slider").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    for kind, shift in (("Start", 0), ("Move", 20), ("Move", 60), ("End", None)):
        where = [] if shift is None else [{"x": x + shift, "y": y}]
        touch.send(
            "Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": where}
        )
    width = page.locator(".lc-samples").bounding_box()["width"]
    words = page.locator(".lc-where").text_content().replace("−", "-")
    mu = float(words.split("μ = ")[1].split(",")[0])
    assert mu == pytest.approx(-0.5 + 60 / width * 8, abs=0.1)
    assert page.evaluate("scrollY") == 0
