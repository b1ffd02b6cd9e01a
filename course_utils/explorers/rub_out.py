"""Rub a part of an image out, and the page completes it from what is left."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor, nn

from .base import assemble
from .chain import Chain
from .decoding import (
    DecodingExplorer,
    as_pixels,
    check_index,
    same_number,
    show_image,
)
from .noise import normal_noise, uniform_noise
from .packing import Stored, as_array, as_stored

# As in rub_out.js.
_STEPS, _RATE = 50, 0.3  # of Adam
_BETAS, _TINY = (0.9, 0.999), 1e-8
_PROPOSED, _WIDER, _DRAWS = 96, 1.2, 4


class RubOut(DecodingExplorer):
    """Rub over a digit; a decoder fills the gap with what goes with the rest.

    From z = 0, 50 steps of Adam make −log p(seen pixels | z) − log p(z) small; the
    decoded pixels fill the gap. Four draws show that other answers are as good: 96
    codes from the Gaussian that has the posterior's curvature at that z, and four of
    them chosen by their weights p(seen, z) / q(z).

    The traits ``image``, ``rubbed`` (a character per pixel, "1" where nothing is seen),
    ``prior`` and ``seed`` are synced with the page; all that it shows follows from
    them, and `complete` gives the same in Python.

    Parameters
    ----------
    decoder : codes [B, D] → pixels in [0, 1], a chain of Linear and ReLU layers with a
        Sigmoid at the end.
    images : what to rub out, [N, H, W], uint8 or floats in [0, 1].
    mean_image : what to beat, [H, W].
    labels : a name for each image.
    image : which one to start with.
    rubbed : bool [H, W], True where nothing is seen at first; by default the lower
        half.
    stored, label, try_this : see `DecodingExplorer`.

    Raises
    ------
    TypeError, ValueError : the page could not do what torch does.
    """

    _esm = assemble(
        "page/decoder.js",
        "page/decoding.js",
        "page/pad.js",
        "page/noise.js",
        "rub_out.js",
    )
    _css = assemble("page/decoding.css", "rub_out.css")
    image = traitlets.Int().tag(sync=True)
    rubbed = traitlets.Unicode().tag(sync=True)
    prior = traitlets.Bool().tag(sync=True)
    seed = traitlets.Int(min=0, max=2**31).tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self,
        decoder: nn.Module,
        images: Any,
        mean_image: Any,
        labels: Sequence[Any],
        *,
        image: int = 0,
        rubbed: Any = None,
        stored: Stored = "float16",
        label: str = "Rub out, and the page completes.",
        try_this: str = "rub out until the page changes its mind about the digit; then "
        "look at the four draws.",
    ) -> None:
        chain = Chain.of(decoder)
        kinds = [layer.kind for layer in chain.layers]
        if not kinds or kinds[-1] != "sigmoid" or {*kinds[:-1]} - {"linear", "relu"}:
            raise TypeError(
                "RubOut takes a decoder of Linear and ReLU layers that ends in a "
                f"Sigmoid, not {' → '.join(kinds) or 'an empty one'}."
            )
        self._pictures = as_pixels(images)
        shape = self._pictures.shape[1:]
        same_number(self._pictures, labels=np.asarray(list(labels)))
        mean = as_pixels(np.asarray(as_array(mean_image))[None])[0]
        if len(shape) != 2 or mean.shape != shape:
            raise ValueError(
                f"The images are {shape} and the mean image {mean.shape}: give grey "
                "images of one size."
            )
        if rubbed is None:
            rubbed = np.arange(shape[0])[:, None] >= shape[0] // 2
        marks = np.broadcast_to(np.asarray(rubbed, bool), shape)
        self._layers = [
            tuple(_double(part, stored) for part in (layer.weight, layer.bias))
            if layer.weight is not None and layer.bias is not None
            else layer.slope
            for layer in chain.layers[:-1]
        ]
        self._mean = as_stored(mean, "uint8")
        self._inputs = chain.inputs
        super().__init__(
            {"VAE": (decoder, np.zeros((1, chain.inputs), "float32"))},
            {"images": (self._pictures, "uint8"), "mean": (mean, "uint8")},
            image_shape=shape,
            stored=stored,
            image=image,
            rubbed="".join("1" if mark else "0" for mark in marks.flat),
            prior=True,
            names=[str(name) for name in labels],
            label=label,
            try_this=try_this,
        )

    @traitlets.validate("image")
    def _is_an_image(self, proposal: Any) -> int:
        return check_index(proposal["value"], len(self._pictures), "image")

    @traitlets.validate("rubbed")
    def _is_a_mask(self, proposal: Any) -> str:
        value = proposal["value"]
        if len(value) != self._pictures[0].size or set(value) - {"0", "1"}:
            raise traitlets.TraitError(
                f"rubbed has one 0 or 1 for each of {self._pictures[0].size} pixels"
            )
        return value

    def _logits(self, z: Tensor) -> Tensor:
        """Codes [B, D] → logits [B, P], in float64 with the page's weights."""
        for layer in self._layers:
            if isinstance(layer, float):
                z = torch.where(z > 0, z, layer * z)
            else:
                z = z @ layer[0].T + layer[1]
        return z

    def _slopes(self, z: Tensor) -> Tensor:
        """How the logits change with each number of one code [1, D]: [D, P]."""
        slopes = torch.eye(z.shape[1], dtype=torch.float64)
        for layer in self._layers:
            if isinstance(layer, float):
                slopes = torch.where(z > 0, slopes, layer * slopes)
                z = torch.where(z > 0, z, layer * z)
            else:
                slopes, z = slopes @ layer[0].T, z @ layer[0].T + layer[1]
        return slopes

    def complete(self) -> dict[str, np.ndarray]:
        """What the page shows: the code, the completed image, and draws.

        Returns "z" [D], "loss" [51] (nats, before each step and after the last one),
        "image" [H, W] and "draws" [4, H, W], of which there are none without the prior.
        """
        x = torch.from_numpy(self._pictures[self.image]).double().flatten()
        seen = torch.tensor([mark == "0" for mark in self.rubbed])

        def energy(z: Tensor) -> Tensor:
            logits = self._logits(z)
            missed = nn.functional.softplus(logits) - x * logits
            return (missed * seen).sum(1) + self.prior * z.square().sum(1) / 2

        z = torch.zeros(1, self._inputs, dtype=torch.float64, requires_grad=True)
        adam = torch.optim.Adam([z], lr=_RATE, betas=_BETAS, eps=_TINY)
        losses = []
        for _ in range(_STEPS):
            loss = energy(z).sum()
            losses.append(loss.item())
            adam.zero_grad()
            loss.backward()
            adam.step()
        best = z.detach()
        losses.append(energy(best).item())
        codes = self._draw(best, seen, energy) if self.prior else best[:0]
        pixels = torch.where(seen, x, self._logits(torch.cat([best, codes])).sigmoid())
        shown = pixels.float().numpy().reshape(-1, *self.image_shape)
        return {
            "z": best[0].numpy(),
            "loss": np.array(losses),
            "image": shown[0],
            "draws": shown[1:],
        }

    def _draw(self, best: Tensor, seen: Tensor, energy: Any) -> Tensor:
        """Codes from the posterior, by sampling and importance resampling: [4, D]."""
        size = best.shape[1]
        slopes = self._slopes(best)
        p = self._logits(best)[0].sigmoid()
        curvature = (slopes * (p * (1 - p) * seen)) @ slopes.T
        factor = torch.linalg.cholesky(curvature + torch.eye(size).double())
        noise = torch.from_numpy(normal_noise(self.seed, _PROPOSED * size))
        noise = noise.view(_PROPOSED, size)
        steps = torch.linalg.solve_triangular(factor.T, noise.T, upper=True).T
        codes = best + _WIDER * steps
        share = (noise.square().sum(1) / 2 - energy(codes)).softmax(0).cumsum(0)
        start = float(uniform_noise(self.seed + 1, 1)[0])
        wanted = (torch.arange(_DRAWS) + start) / _DRAWS
        return codes[torch.searchsorted(share, wanted.double()).clamp(max=95)]

    def errors(self) -> dict[str, float]:
        """Squared error on what is rubbed out: of the page, and of the mean image."""
        hidden = np.array([mark == "1" for mark in self.rubbed])
        truth = as_stored(self._pictures[self.image], "uint8")
        rivals = {"this": self.complete()["image"], "mean image": self._mean}
        return {
            name: float(np.square(image - truth).flatten()[hidden].sum())
            for name, image in rivals.items()
        }

    def draw(self) -> Figure:
        done = self.complete()
        hidden = np.array([mark == "1" for mark in self.rubbed]).reshape(
            self.image_shape
        )
        left = np.repeat(self._pictures[self.image][..., None], 3, axis=2)
        left[hidden] = (0.18, 0.5, 0.84)
        figure = Figure(figsize=(6.4, 1.6), layout="constrained")
        places = figure.subplots(1, 2 + max(len(done["draws"]), 1))
        show_image(places[0], left, "left over")
        show_image(places[1], done["image"], "completed")
        for axes, image in zip(places[2:], done["draws"], strict=False):
            show_image(axes, image, "a draw")
        places[-1].axis("off")
        return figure

    def describe(self) -> str:
        """What is rubbed out, and how well it is filled."""
        errors = self.errors()
        return (
            f"A {self.names[self.image]} with {self.rubbed.count('1')} of "
            f"{len(self.rubbed)} pixels rubbed out, its completion and "
            f"{_DRAWS if self.prior else 'no'} draws. Squared error on the rubbed "
            f"pixels: {errors['this']:.1f}; the mean image has "
            f"{errors['mean image']:.1f}."
        )


def _double(array: np.ndarray, stored: Stored) -> Tensor:
    """Weights as the page holds them, to compute with in float64."""
    return torch.from_numpy(as_stored(array, stored)).double()
