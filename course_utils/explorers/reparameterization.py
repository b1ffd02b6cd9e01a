"""Fixed noise becomes samples, and samples two estimates of a gradient."""

from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from ..show import INK, MODEL_COLOURS
from .base import Explorer, Finite, assemble
from .noise import normal_noise

_SHOWN = 20  # draws that are drawn one by one, as in reparameterization.js


class ReparameterizationExplorer(Explorer):
    """Move μ and σ under fixed noise ε: the samples z = μ + σε move with them.

    From each draw the page makes two estimates of ∂/∂μ E[f(z)], for one objective f:
    the pathwise one, f′(z), and the score-function one, f(z) (z − μ) / σ². Both pile
    up into histograms around the exact gradient. With the smooth objective the
    pathwise one scatters less; with the bumpy one, for wide clouds, the other does.

    The traits ``mu``, ``sigma``, ``objective``, ``count`` and ``seed`` are synced with
    the page, and all that it shows follows from them: `noise` and `estimates` give the
    same numbers in Python.

    Parameters
    ----------
    mu, sigma : where the samples are, within ±2 and from 0.5 to 2.
    objective : "smooth", (z − 1)², or "bumpy", (z − 1)² / 4 + sin 6z.
    count : draws, 20 to 5,000; the first 20 are drawn one by one.
    seed : of the noise.
    label, try_this : what stands above and below.

    Raises
    ------
    traitlets.TraitError : a value that the page could not show.
    """

    _esm = assemble(
        "page/pad.js", "page/bell.js", "page/noise.js", "reparameterization.js"
    )
    _css = assemble("page/bell.css", "reparameterization.css")
    mu = Finite(min=-2, max=2).tag(sync=True)
    sigma = Finite(min=0.5, max=2).tag(sync=True)
    objective = traitlets.Enum(["smooth", "bumpy"]).tag(sync=True)
    count = traitlets.Int(min=_SHOWN, max=5000).tag(sync=True)
    seed = traitlets.Int(min=0, max=2**32 - 1).tag(sync=True)

    def __init__(
        self,
        *,
        mu: float = -0.5,
        sigma: float = 1.0,
        objective: str = "smooth",
        count: int = 100,
        seed: int = 0,
        label: str = "Reparameterization: the dice stay, the samples move.",
        try_this: str = "drag μ sideways, up and down; then switch to the bumpy f.",
    ) -> None:
        super().__init__(
            label=label,
            try_this=try_this,
            mu=mu,
            sigma=sigma,
            objective=objective,
            count=count,
            seed=seed,
        )

    @property
    def noise(self) -> np.ndarray:
        """The draws ε, float64 [count]."""
        return normal_noise(self.seed, self.count)

    def estimates(self) -> dict[str, np.ndarray]:
        """Both estimates of ∂/∂μ E[f(z)] from each draw, [count] each."""
        z = self.mu + self.sigma * self.noise
        value, slope = _objective(self.objective, z)
        return {"pathwise": slope, "score": value * self.noise / self.sigma}

    def exact(self) -> float:
        """∂/∂μ E[f(z)] in closed form."""
        if self.objective == "smooth":
            return 2 * (self.mu - 1)
        damped = np.exp(-18 * self.sigma**2)  # E[cos 6z] = cos 6μ · exp(−18 σ²)
        return float((self.mu - 1) / 2 + 6 * np.cos(6 * self.mu) * damped)

    def draw(self) -> Figure:
        figure = Figure(figsize=(5.4, 4.2), layout="constrained")
        above, below = figure.subplots(2, 1, height_ratios=[2, 3])
        few = self.noise[:_SHOWN]
        for epsilon in few:
            above.plot([epsilon, self.mu + self.sigma * epsilon], [1, 0], c=INK, lw=0.8)
        above.set(yticks=[0, 1], yticklabels=["z", "ε"], xlim=(-4, 4))
        estimates = self.estimates()
        reach = 2.5 * max(values.std() for values in estimates.values())
        bins = np.linspace(self.exact() - reach, self.exact() + reach, 62)
        for (name, values), colour in zip(
            estimates.items(), (MODEL_COLOURS["vae"], MODEL_COLOURS["pca"]), strict=True
        ):
            label = f"{name}: standard deviation {values.std():.2f}"
            inside = values.clip(bins[0], bins[-1])
            below.hist(inside, bins, color=colour, alpha=0.6, label=label)
        below.axvline(self.exact(), color=INK, label="exact gradient")
        below.set(xlabel="estimate of the gradient", ylabel="draws")
        figure.legend(loc="outside lower left")
        return figure

    def describe(self) -> str:
        pathwise, score = (values.std() for values in self.estimates().values())
        return (
            f"{_SHOWN} draws of noise, joined to the samples that they become with "
            f"μ = {self.mu:.2f} and σ = {self.sigma:.2f}. Below, {self.count:,} "
            f"estimates of a gradient by two methods, around the exact "
            f"{self.exact():.2f}: standard deviation {pathwise:.2f} for the pathwise "
            f"ones, {score:.2f} for the score-function ones."
        )


def _objective(name: str, z: np.ndarray) -> tuple[Any, Any]:
    """f(z) and f′(z)."""
    if name == "smooth":
        return (z - 1) ** 2, 2 * (z - 1)
    return (z - 1) ** 2 / 4 + np.sin(6 * z), (z - 1) / 2 + 6 * np.cos(6 * z)
