"""Rub out, without a browser: what it finds by descent, draws, says and refuses."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
import traitlets
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from course_utils.explorers import RubOut
from course_utils.explorers.noise import normal_noise, uniform_noise

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 6, 6), "uint8")
MEAN = IMAGES.mean(0) / 255


def decoder(seed: int = 0, last: nn.Module | None = None) -> nn.Sequential:
    torch.manual_seed(seed)
    layers = nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 36)
    with torch.no_grad():
        layers[2].weight.mul_(4)
    return nn.Sequential(*layers, last or nn.Sigmoid())


def rub_out(**options) -> RubOut:
    return RubOut(
        decoder(), IMAGES, MEAN, ["a", "b", "c"], **({"stored": "float32"} | options)
    )


def energy(explorer: RubOut, z: torch.Tensor) -> torch.Tensor:
    """By torch alone: cross-entropy of what is seen, and the prior."""
    seen = torch.tensor([mark == "0" for mark in explorer.rubbed])
    x = torch.from_numpy(IMAGES[explorer.image] / 255).flatten()
    logits = decoder()[:3].double()(z)
    nats = binary_cross_entropy_with_logits(
        logits, x.expand_as(logits), reduction="none"
    )
    return nats[:, seen].sum(1) + explorer.prior * z.square().sum(1) / 2


@pytest.mark.parametrize("prior", [True, False])
def test_fifty_steps_of_adam_as_torch_takes_them(prior: bool):
    explorer = rub_out(image=1)
    explorer.prior = prior
    z = torch.zeros(1, 4, dtype=torch.float64, requires_grad=True)
    adam = torch.optim.Adam([z], lr=0.3)
    for _ in range(50):
        adam.zero_grad()
        energy(explorer, z).sum().backward()
        adam.step()
    done = explorer.complete()
    np.testing.assert_allclose(done["z"], z.detach()[0], atol=1e-5)
    assert done["loss"][-1] == pytest.approx(energy(explorer, z).item(), abs=1e-4)
    assert done["loss"][-1] < done["loss"][0]
    assert len(done["draws"]) == (4 if prior else 0)


def test_what_is_seen_stays_and_the_rest_is_decoded():
    explorer = rub_out(image=2)
    done = explorer.complete()
    np.testing.assert_allclose(done["image"][:3], IMAGES[2][:3] / 255, atol=1e-6)
    with torch.no_grad():
        whole = decoder()(torch.from_numpy(done["z"]).float()[None]).view(6, 6)
    np.testing.assert_allclose(done["image"][3:], whole[3:], atol=1e-5)
    for image in done["draws"]:
        np.testing.assert_allclose(image[:3], IMAGES[2][:3] / 255, atol=1e-6)
    hidden = (done["image"][3:] - IMAGES[2][3:] / 255) ** 2
    assert explorer.errors()["this"] == pytest.approx(hidden.sum(), abs=1e-4)


def test_the_slopes_are_those_of_autograd():
    explorer, z = rub_out(), torch.randn(1, 4, dtype=torch.float64)
    slopes = torch.autograd.functional.jacobian(explorer._logits, z)[0, :, 0]
    torch.testing.assert_close(explorer._slopes(z), slopes.T)


def test_with_nothing_seen_the_draws_come_from_the_prior():
    explorer = rub_out(rubbed=np.ones((6, 6), bool))
    done = explorer.complete()
    np.testing.assert_allclose(done["z"], 0, atol=1e-12)
    seen = torch.zeros(36, dtype=torch.bool)
    codes = []
    for seed in range(200):
        explorer.seed = 2 * seed
        best = torch.zeros(1, 4, dtype=torch.float64)
        codes.append(explorer._draw(best, seen, lambda z: z.square().sum(1) / 2))
    drawn = torch.cat(codes)
    assert drawn.mean(0).abs().max() < 0.15
    assert drawn.std(0).numpy() == pytest.approx(np.ones(4), abs=0.15)


def test_other_seeds_give_other_draws_and_the_same_completion():
    explorer = rub_out()
    first = explorer.complete()
    explorer.seed = 2
    second = explorer.complete()
    np.testing.assert_array_equal(first["image"], second["image"])
    assert np.abs(first["draws"] - second["draws"]).max() > 0.01


def test_uniform_numbers_are_what_the_normal_ones_are_made_of():
    uniform = uniform_noise(3, 2000)
    assert uniform.min() > 0 and uniform.max() < 1
    assert uniform.mean() == pytest.approx(0.5, abs=0.03)
    radius = np.sqrt(-2 * np.log(uniform[::2]))
    expected = radius * np.cos(2 * np.pi * uniform[1::2])
    np.testing.assert_array_equal(normal_noise(3, 1000), expected)


def test_its_words_and_its_picture():
    explorer = rub_out(image=1)
    words = explorer.describe()
    assert words.startswith("A b with 18 of 36 pixels rubbed out")
    assert f"the mean image has {explorer.errors()['mean image']:.1f}" in words
    assert len(explorer.draw().axes) == 6
    explorer.prior = False
    assert "no draws" in explorer.describe()
    assert len(explorer.draw().axes) == 3
    assert explorer.html() == explorer.html()


MISTAKES: dict[str, tuple[Callable[[], object], str]] = {
    "logits": (
        lambda: RubOut(decoder(last=nn.ReLU()), IMAGES, MEAN, "abc"),
        "ends in a Sigmoid, not linear → relu → linear → relu",
    ),
    "labels": (lambda: RubOut(decoder(), IMAGES, MEAN, "ab"), "3 images but 2 labels"),
    "mean": (
        lambda: RubOut(decoder(), IMAGES, MEAN[:5], "abc"),
        r"images are \(6, 6\) and the mean image \(5, 6\)",
    ),
    "size": (
        lambda: RubOut(decoder(), IMAGES[:, :5], MEAN[:5], "abc"),
        "gives 36 numbers per image",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_get_one_clear_sentence(mistake: str):
    call, sentence = MISTAKES[mistake]
    with pytest.raises((TypeError, ValueError), match=sentence) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_traits_refuse_what_makes_no_sense():
    explorer = rub_out()
    with pytest.raises(traitlets.TraitError, match="image number 3; they go from 0"):
        explorer.image = 3
    with pytest.raises(traitlets.TraitError, match="one 0 or 1 for each of 36 pixels"):
        explorer.rubbed = "01"
