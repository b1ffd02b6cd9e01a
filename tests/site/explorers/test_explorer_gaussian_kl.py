"""The two divergences on a page: their values, handles and buttons."""

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from course_utils.explorers import GaussianKL

BUTTONS = {"reverse": "Minimise KL(q‖p)", "forward": "Minimise KL(p‖q)"}


def shown(page: Page) -> list[float]:
    """KL(q‖p) and KL(p‖q) as the page says them."""
    return [float(v) for v in page.locator(".lc-divergence strong").all_text_contents()]


def normal(handle: Locator) -> list[float]:
    """Mean and standard deviation under a handle, as it tells a screen reader."""
    words = handle.get_attribute("aria-valuetext").replace("−", "-")
    mean, sigma = words.removeprefix("mean ").split(", standard deviation ")
    return [float(mean), float(sigma)]


def handles(page: Page) -> dict[str, Locator]:
    """The three handles by their names."""
    names = ("p", "p, second peak", "q")
    return {n: page.get_by_role("slider", name=n, exact=True) for n in names}


def agree(page: Page) -> None:
    """The page's divergences are Python's, for what the handles say (2 decimals)."""
    by_name = handles(page)
    mixture = page.get_by_role("checkbox").is_checked()
    second = normal(by_name["p, second peak"]) if mixture else [0, 1]
    explorer = GaussianKL([normal(by_name["p"]), second], normal(by_name["q"]))
    explorer.mixture = mixture
    exact = list(explorer.divergences().values())
    assert shown(page) == pytest.approx(exact, rel=0.05, abs=0.02)


@pytest.mark.parametrize("home", ["http", "file"])
@pytest.mark.parametrize(
    "explorer",
    [
        GaussianKL(),
        GaussianKL([[-4, 0.5], [4, 2.5]], [5, 5], weight=0.2),
        GaussianKL([[1, 0.5], [0, 1]], [-3, 2], mixture=False),
    ],
)
def test_the_page_says_what_python_computes(visit, home: str, explorer: GaussianKL):
    page = visit(explorer, home=home).page
    exact = list(explorer.divergences().values())
    assert shown(page) == pytest.approx(exact, abs=0.0051)
    assert f"log p(x) − {exact[0]:.2f} nats" in page.locator(".lc-live").text_content()


def areas(page: Page) -> list[float]:
    """The areas of the two drawn integrands, in nats."""
    scale = float(page.locator(".lc-scale").text_content().split()[0])
    drawn = page.locator(".lc-integrands path").evaluate_all(
        "paths => paths.map(p => p.getAttribute('d'))"
    )
    found = []
    for path in drawn:
        pairs = [s.split(",") for s in path.strip("MZ").split("L")[1:-1]]
        step = (float(pairs[1][0]) - float(pairs[0][0])) * 12 / 100
        found.append(sum((72 - float(y)) / 72 * scale * step for _, y in pairs))
    return found


def test_the_shaded_areas_are_the_divergences(visit):
    page = visit(GaussianKL(q=[0, 1.2])).page
    assert areas(page) == pytest.approx(shown(page), abs=0.03)


def reverse_fit(start: list[float]) -> list[float]:
    """Where plain gradient descent on KL(q‖p) ends, for the default mixture."""
    mean = torch.tensor(start[0], dtype=torch.float64, requires_grad=True)
    log_sigma = torch.tensor(start[1]).double().log().requires_grad_()
    noise = torch.linspace(-6, 6, 241, dtype=torch.float64)
    weight = torch.exp(-0.5 * noise**2) / torch.exp(-0.5 * noise**2).sum()
    optimizer = torch.optim.SGD([mean, log_sigma], lr=0.02)
    for _ in range(2000):
        z = mean + log_sigma.exp() * noise
        peaks = torch.stack([-0.5 * ((z - m) / 0.6) ** 2 for m in (-2, 2)])
        shares = torch.tensor([[0.6], [0.4]]).double().log()
        loss = -(weight * torch.logsumexp(peaks + shares, 0)).sum() - log_sigma
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return [mean.item(), log_sigma.exp().item()]


@pytest.mark.parametrize("start", [[-1, 1], [1.5, 1], [0.5, 1]])
def test_minimising_the_reverse_kl_goes_downhill_from_q(visit, start: list[float]):
    page = visit(GaussianKL(q=start)).page
    before = shown(page)[0]
    page.get_by_role("button", name=BUTTONS["reverse"]).click()
    assert shown(page)[0] < before
    assert normal(handles(page)["q"]) == pytest.approx(reverse_fit(start), abs=0.02)


def test_minimising_the_forward_kl_takes_the_moments(visit):
    page = visit(GaussianKL()).page
    page.get_by_role("button", name=BUTTONS["forward"]).click()
    mean = 0.6 * -2 + 0.4 * 2
    sigma = (0.6**2 + 0.6 * (-2 - mean) ** 2 + 0.4 * (2 - mean) ** 2) ** 0.5
    assert normal(handles(page)["q"]) == pytest.approx([mean, sigma], abs=0.0051)


@pytest.mark.parametrize("kind", BUTTONS)
def test_with_one_peak_both_buttons_find_p(visit, kind: str):
    page = visit(GaussianKL([[1, 0.8], [0, 1]], mixture=False)).page
    page.get_by_role("button", name=BUTTONS[kind]).click()
    assert normal(handles(page)["q"]) == pytest.approx([1, 0.8], abs=0.011)
    assert shown(page) == pytest.approx([0, 0], abs=0.0051)
    page.get_by_role("button", name=BUTTONS[kind]).click()  # there already
    assert shown(page) == pytest.approx([0, 0], abs=0.0051)


def test_an_animation_moves_q_and_a_drag_stops_it(visit):
    page = visit(GaussianKL(), reduced_motion="no-preference").page
    q = handles(page)["q"]
    page.get_by_role("button", name=BUTTONS["forward"]).click()
    expect(q).to_have_attribute("aria-valuetext", "mean −0.40, standard deviation 2.05")
    page.get_by_role("button", name=BUTTONS["reverse"]).click()
    q.press("End")
    page.wait_for_timeout(1400)
    assert normal(q)[0] == 5


def test_a_mouse_drags_means_and_widths(visit):
    page = visit(GaussianKL()).page
    q, chart = handles(page)["q"], page.locator(".lc-densities").bounding_box()
    box = q.bounding_box()
    mean, sigma = normal(q)
    x, y = box["x"] + box["width"] / 2 + 5, box["y"] + box["height"] / 2 - 5
    page.mouse.move(x, y)  # not quite the middle: the handle does not jump
    page.mouse.down()
    page.mouse.move(x + chart["width"] / 6, y, steps=4)
    assert normal(q) == pytest.approx([mean + 2, sigma], abs=0.03)
    agree(page)
    page.mouse.move(x + chart["width"] / 6, y - 40, steps=4)
    assert normal(q)[1] < sigma - 0.2
    agree(page)
    page.mouse.move(x + 3000, y + 3000)
    assert normal(q) == [5, 5]
    page.mouse.up()
    page.mouse.move(x, y)
    assert normal(q) == [5, 5]


def test_a_finger_drags_too(visit):
    size = {"width": 390, "height": 844}
    page = visit(GaussianKL(), has_touch=True, viewport=size).page
    second = handles(page)["p, second peak"]
    box = second.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    for kind, shift in (("Start", 0), ("Move", 15), ("Move", 40), ("End", None)):
        where = [] if shift is None else [{"x": x + shift, "y": y - shift}]
        touch.send(
            "Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": where}
        )
    width = page.locator(".lc-densities").bounding_box()["width"]
    mean, sigma = normal(second)
    assert mean == pytest.approx(2 + 40 / width * 12, abs=0.1)
    assert sigma < 0.6
    agree(page)
    assert page.evaluate("scrollY") == 0


def test_the_keyboard_reaches_everything(visit):
    page = visit(GaussianKL()).page
    toggle = page.get_by_role("checkbox", name="p has two peaks")
    expect(toggle).to_be_visible()
    page.keyboard.press("Tab")
    expect(toggle).to_be_focused()
    by_name = handles(page)
    for name in by_name:
        page.keyboard.press("Tab")
        expect(by_name[name]).to_be_focused()
        style = by_name[name].evaluate("e => getComputedStyle(e).outlineStyle")
        assert style == "solid"
    q = by_name["q"]
    for key in ("ArrowRight", "Shift+ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    assert normal(q) == pytest.approx([-0.4, 1.05], abs=0.006)
    assert q.get_attribute("aria-valuenow") == "-0.40"
    agree(page)
    spoken = page.get_by_role("status")
    expect(spoken).to_have_text(
        "KL(q‖p) {:.2f} nats, KL(p‖q) {:.2f} nats".format(*shown(page))
    )
    toggle.focus()
    page.keyboard.press("Space")
    expect(by_name["p, second peak"]).to_be_hidden()
    agree(page)
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=BUTTONS["reverse"])).to_be_focused()
