"""The KL explorer and the reparameterization explorer, without a browser."""

import re

import numpy as np
import pytest
import torch
import traitlets
from torch.distributions import (
    Categorical,
    MixtureSameFamily,
    Normal,
    kl_divergence,
)

from course_utils.explorers import GaussianKL, ReparameterizationExplorer
from course_utils.explorers.base import asset
from course_utils.explorers.noise import normal_noise
from course_utils.show import MODEL_COLOURS


def test_two_normals_agree_with_torch():
    explorer = GaussianKL([[1.0, 0.7], [0, 1]], [-2.0, 1.8], mixture=False)
    p, q = Normal(1.0, 0.7), Normal(-2.0, 1.8)
    exact = [kl_divergence(q, p).item(), kl_divergence(p, q).item()]
    assert list(explorer.divergences().values()) == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize("q", [[0.5, 1.0], [-5.0, 0.5], [4.0, 5.0]])
def test_the_mixture_agrees_with_many_draws(q: list[float]):
    explorer = GaussianKL([[-2, 0.6], [2.5, 1]], q, weight=0.7)
    torch.manual_seed(0)
    p = MixtureSameFamily(
        Categorical(torch.tensor([0.7, 0.3])),
        Normal(torch.tensor([-2.0, 2.5]), torch.tensor([0.6, 1.0])),
    )
    normal = Normal(*q)
    for name, a, b in (("KL(q‖p)", normal, p), ("KL(p‖q)", p, normal)):
        z = a.sample((200_000,))
        terms = a.log_prob(z) - b.log_prob(z)
        error = terms.std().item() / len(z) ** 0.5
        kl = explorer.divergences()[name]
        assert kl == pytest.approx(terms.mean().item(), abs=5 * error + 1e-4)


def test_what_the_kl_chart_cannot_show_is_refused():
    with pytest.raises(traitlets.TraitError, match=r"q has mean 7 and sigma 1; the"):
        GaussianKL(q=[7, 1])
    explorer = GaussianKL()
    with pytest.raises(traitlets.TraitError, match=r"sigmas from 0\.5 to 2\.5"):
        explorer.p = [[0, 1], [0, 9]]
    assert explorer.p[1] == [2, 0.6]


def test_limits_and_colours_are_the_same_in_both_languages():
    script = asset("gaussian_kl.js")
    assert "p: { means: [-4, 4], sigmas: [0.5, 2.5] }" in script
    assert "q: { means: [-5, 5], sigmas: [0.5, 5] }" in script
    GaussianKL([[-4, 0.5], [4, 2.5]], [5, 5])
    for sheet in ("gaussian_kl.css", "reparameterization.css"):
        colours = re.findall(r"#\w{6}", asset(sheet))
        assert colours[:2] == [MODEL_COLOURS["vae"], MODEL_COLOURS["pca"]]


def test_the_noise_is_normal_and_starts_the_same():
    noise = normal_noise(3, 20_000)
    np.testing.assert_array_equal(noise[:50], normal_noise(3, 50))
    assert abs(noise.mean()) < 0.03
    assert abs(noise.std() - 1) < 0.02
    assert abs((np.abs(noise) < 1).mean() - 0.6827) < 0.01
    assert abs(np.corrcoef(noise[1:], noise[:-1])[0, 1]) < 0.03
    assert abs(np.corrcoef(noise, normal_noise(4, 20_000))[0, 1]) < 0.03


@pytest.mark.parametrize("objective", ["smooth", "bumpy"])
@pytest.mark.parametrize(("mu", "sigma"), [(-0.5, 1.0), (1.0, 0.5)])
def test_both_estimates_are_right_on_average(objective: str, mu: float, sigma: float):
    explorer = ReparameterizationExplorer(
        mu=mu, sigma=sigma, objective=objective, count=5000
    )
    for values in explorer.estimates().values():
        assert abs(values.mean() - explorer.exact()) < 4 * values.std() / 5000**0.5


def test_which_estimate_scatters_less_depends_on_the_objective():
    smooth = ReparameterizationExplorer(mu=1, count=5000).estimates()
    assert 1.5 * smooth["pathwise"].std() < smooth["score"].std()
    bumpy = ReparameterizationExplorer(mu=1, objective="bumpy", count=5000).estimates()
    assert 2 * bumpy["score"].std() < bumpy["pathwise"].std()


def test_moves_out_of_reach_are_refused():
    explorer = ReparameterizationExplorer()
    for name, value in (("mu", 3), ("sigma", 0), ("count", 1), ("objective", "flat")):
        with pytest.raises(traitlets.TraitError):
            setattr(explorer, name, value)


def test_still_pictures_say_what_they_show():
    kl = GaussianKL()
    assert "KL(q‖p) is 1.38 nats, KL(p‖q) 1.62 nats." in kl.describe()
    path = ReparameterizationExplorer(objective="bumpy")
    deviation = path.estimates()["pathwise"].std()
    assert f"standard deviation {deviation:.2f} for the pathwise" in path.describe()
    for explorer in (kl, path):
        html = explorer.html()
        assert len(html) < 60_000
        assert html == type(explorer)(**_settings(explorer)).html()


def _settings(explorer: GaussianKL | ReparameterizationExplorer) -> dict:
    names = explorer.traits(sync=True).keys() & {"p", "q", "mu", "sigma", "objective"}
    return {name: getattr(explorer, name) for name in names}
