"""Two KL divergences between two densities that the reader drags."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from ..show import INK, MODEL_COLOURS
from .base import Explorer, Finite, assemble

# What the handles in gaussian_kl.js keep to: (least, most) of the mean and of sigma.
_LIMITS = {"p": ((-4, 4), (0.5, 2.5)), "q": ((-5, 5), (0.5, 5))}


class GaussianKL(Explorer):
    """Drag p and q; see KL(q‖p), KL(p‖q) and what each place adds to them.

    p is a normal or, with ``mixture``, two; q is a normal. Buttons let q go to where
    one of the divergences is smallest: KL(p‖q) in p's own mean and standard deviation;
    KL(q‖p) downhill from where q stands, to one of the peaks or, from the middle, to
    a worse optimum between them. Read p as a true posterior, and KL(q‖p) is the gap
    of the ELBO.

    The traits ``p``, ``q``, ``mixture`` and ``weight`` are synced with the page.

    Parameters
    ----------
    p : two pairs [mean, sigma]: the first normal, and the second one of a mixture;
        means within ±4, sigmas from 0.5 to 2.5.
    q : [mean, sigma], within ±5 and from 0.5 to 5.
    mixture : whether p has its second normal.
    weight : the share of the first normal in the mixture.
    label, try_this : what stands above and below.

    Raises
    ------
    traitlets.TraitError : a mean, sigma or weight that the page could not show.
    """

    _esm = assemble(
        "page/pad.js", "page/bell.js", "page/divergence.js", "gaussian_kl.js"
    )
    _css = assemble("page/bell.css", "gaussian_kl.css")
    p: traitlets.List = traitlets.List(
        traitlets.List(Finite(), minlen=2, maxlen=2), minlen=2, maxlen=2
    ).tag(sync=True)
    q = traitlets.List(Finite(), minlen=2, maxlen=2).tag(sync=True)
    mixture = traitlets.Bool().tag(sync=True)
    weight = Finite(min=0.05, max=0.95).tag(sync=True)

    def __init__(
        self,
        p: Sequence[Sequence[float]] = ((-2, 0.6), (2, 0.6)),
        q: Sequence[float] = (-1, 1),
        *,
        mixture: bool = True,
        weight: float = 0.6,
        label: str = "Two divergences: q for p, or p for q?",
        try_this: str = "press both buttons; drag q elsewhere (up is narrow, down is "
        "wide) and press them again.",
    ) -> None:
        super().__init__(
            label=label,
            try_this=try_this,
            p=[list(normal) for normal in p],
            q=list(q),
            mixture=mixture,
            weight=weight,
        )

    @traitlets.validate("p", "q")
    def _on_the_chart(self, proposal: dict[str, Any]) -> list:
        name, value = proposal["trait"].name, proposal["value"]
        (low, high), (least, most) = _LIMITS[name]
        for mean, sigma in value if name == "p" else [value]:
            if not (low <= mean <= high and least <= sigma <= most):
                raise traitlets.TraitError(
                    f"{name} has mean {mean:g} and sigma {sigma:g}; the chart shows "
                    f"means from {low} to {high} and sigmas from {least} to {most}"
                )
        return value

    def log_densities(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """log p(z) and log q(z), nats, [N] → [N] and [N]."""
        first, second = (_log_normal(z, *normal) for normal in self.p)
        if self.mixture:
            first = np.logaddexp(
                np.log(self.weight) + first, np.log(1 - self.weight) + second
            )
        return first, _log_normal(z, *self.q)

    def divergences(self) -> dict[str, float]:
        """``{"KL(q‖p)": …, "KL(p‖q)": …}`` in nats, as the page shows them."""
        if not self.mixture:
            return {
                "KL(q‖p)": _kl_of_normals(self.q, self.p[0]),
                "KL(p‖q)": _kl_of_normals(self.p[0], self.q),
            }
        z, step = np.linspace(-40, 40, 8001, retstep=True)
        log_p, log_q = self.log_densities(z)
        difference = log_q - log_p
        return {
            "KL(q‖p)": float((np.exp(log_q) * difference).sum() * step),
            "KL(p‖q)": float((np.exp(log_p) * -difference).sum() * step),
        }

    def draw(self) -> Figure:
        z = np.linspace(-6, 6, 361)
        log_p, log_q = self.log_densities(z)
        p, q = np.exp(log_p), np.exp(log_q)
        figure = Figure(figsize=(5.4, 4.4), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        above.fill_between(z, p, color=INK, alpha=0.3, lw=0, label="p")
        above.plot(z, q, color=MODEL_COLOURS["autoencoder"], label="q")
        above.set(ylabel="density", ylim=(0, 0.88))
        for name, values, colour, line in (
            ("KL(q‖p)", q * (log_q - log_p), MODEL_COLOURS["vae"], "-"),
            ("KL(p‖q)", p * (log_p - log_q), MODEL_COLOURS["pca"], "--"),
        ):
            below.fill_between(z, values, color=colour, alpha=0.35, lw=0)
            nats = self.divergences()[name]
            below.plot(z, values, line, color=colour, label=f"{name} = {nats:.2f} nats")
        below.set(xlabel="z", ylabel="nats per unit of z")
        for axes in (above, below):
            axes.legend(loc="upper right")
        return figure

    def describe(self) -> str:
        reverse, forward = self.divergences().values()
        shape = "two peaks" if self.mixture else "one peak"
        mean, sigma = self.q
        return (
            f"A density p with {shape} and a normal q with mean {mean:.2f} and "
            f"standard deviation {sigma:.2f}. KL(q‖p) is {reverse:.2f} nats, "
            f"KL(p‖q) {forward:.2f} nats."
        )


def _log_normal(z: np.ndarray, mean: float, sigma: float) -> np.ndarray:
    return -0.5 * ((z - mean) / sigma) ** 2 - np.log(sigma * np.sqrt(2 * np.pi))


def _kl_of_normals(a: Sequence[float], b: Sequence[float]) -> float:
    (m, s), (n, t) = a, b
    return float(np.log(t / s) + (s**2 + (m - n) ** 2) / (2 * t**2) - 0.5)
