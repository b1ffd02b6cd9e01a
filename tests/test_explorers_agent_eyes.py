"""The agent's eyes, without a browser: the rules, what is seen, words, errors."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
import traitlets
from torch import nn

from course_utils.explorers import AgentEyes
from course_utils.explorers.agent_eyes import draw_frame
from course_utils.explorers.noise import uniform_noise


def network(seed: int = 0, last: nn.Module | None = None) -> nn.Sequential:
    torch.manual_seed(seed)
    layers = nn.Linear(784, 8), nn.ReLU(), nn.Linear(8, 784)
    return nn.Sequential(*layers, last or nn.Sigmoid())


def agent_eyes(**options) -> AgentEyes:
    eyes = {"sharp": (network(), 2.0, 0.0), "soft": (network(1), 0.7, 1.5)}
    return AgentEyes(eyes, 0.3, **({"stored": "float32"} | options))


def test_a_frame_has_a_ball_and_a_paddle_with_soft_edges():
    frame = draw_frame(10.0, 8.0, 14.0, 2.0, 0.0)
    assert frame[8, 10] == 1 and frame[8, 12] == 0.5 and frame[8, 13] == 0
    assert frame[26].sum() == pytest.approx(7) and frame[26, 14] == 1
    assert frame[:26].sum() == pytest.approx(np.pi * 4, abs=0.6)
    half = draw_frame(10.0, 8.0, 14.5, 0.7, 0.0)
    assert half[27, 11] == 0.5 and half[27, 18] == 0.5


def test_a_blur_adds_up_neighbours_and_keeps_the_peak():
    sharp = torch.from_numpy(draw_frame(10.3, 8.6, 14.0, 0.7, 0.0))
    soft = draw_frame(10.3, 8.6, 14.0, 0.7, 1.5)
    bell = torch.exp(-0.5 * (torch.arange(-4, 5) / 1.5) ** 2)
    kernel = (bell[:, None] * bell)[None, None]
    expected = nn.functional.conv2d(sharp[None, None], kernel, padding=4)
    np.testing.assert_allclose(soft, expected[0, 0].clamp(0, 1), atol=1e-6)


def test_it_shows_what_torch_makes_of_the_frame():
    explorer = agent_eyes()
    for eye, look in enumerate(((2.0, 0.0), (0.7, 1.5))):
        explorer.eye = eye
        frame = draw_frame(explorer.ball, explorer.height, explorer.paddle, *look)
        with torch.no_grad():
            image = network(eye)(torch.from_numpy(frame).reshape(1, -1)).view(28, 28)
        np.testing.assert_array_equal(explorer.frame(), frame)
        np.testing.assert_allclose(explorer.seen(), image, atol=1e-6)


def test_the_rules():
    explorer = agent_eyes(ball=20.0, height=3.0, paddle=10.0, seed=5)
    for _ in range(6):
        explorer.move(2)
    assert (explorer.height, explorer.paddle) == (9, 19)
    for _ in range(15):
        explorer.move(1)
    assert explorer.landed == [0, 0] and explorer.height == 24
    explorer.move(1)
    assert (explorer.caught, explorer.landed) == ([1, 0], [1, 0])
    assert explorer.height == 3
    assert explorer.ball == pytest.approx(2 + 23 * uniform_noise(5, 1)[0])
    explorer.eye = 1
    for _ in range(22):
        explorer.move(0)
    assert explorer.paddle == 3.5 and explorer.landed == [1, 1]
    assert explorer.ball == pytest.approx(2 + 23 * uniform_noise(5, 2)[1])


def test_its_words_and_its_picture():
    explorer = agent_eyes(ball=12.0, height=7.0, paddle=9.0)
    words = explorer.describe()
    assert "column 12, row 7, the paddle in column 9" in words
    assert f"sees is {explorer.seen()[:26].max():.2f} of 1" in words
    assert len(explorer.draw().axes) == 2
    assert explorer.html() == explorer.html()


MISTAKES: dict[str, tuple[Callable[[], object], str]] = {
    "none": (lambda: AgentEyes({}, 0.3), "at least one eye"),
    "radius": (lambda: AgentEyes({"a": (network(), 0, 0)}, 0.3), "a radius above 0"),
    "size": (
        lambda: AgentEyes({"a": (nn.Linear(784, 5), 1, 0)}, 0.3),
        "gives 5 numbers per image",
    ),
    "input": (
        lambda: AgentEyes({"a": (nn.Linear(5, 784), 1, 0)}, 0.3),
        "takes codes of 5 numbers",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_get_one_clear_sentence(mistake: str):
    call, sentence = MISTAKES[mistake]
    with pytest.raises((TypeError, ValueError), match=sentence) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_traits_refuse_what_makes_no_sense():
    with pytest.raises(traitlets.TraitError, match="eye number 2; they go from 0 to 1"):
        agent_eyes(eye=2)
