"""Decoders as plain chains of layers, which decoder.js runs in the page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from .packing import Stored, as_array, as_stored

ACTIVATIONS = {
    nn.ReLU: "relu",
    nn.LeakyReLU: "relu",
    nn.Sigmoid: "sigmoid",
    nn.Tanh: "tanh",
    nn.Hardtanh: "clamp",
}
_WITHOUT_EFFECT = (nn.Identity, nn.Dropout, nn.Flatten, nn.Unflatten)


@dataclass(frozen=True)
class Layer:
    """One step: "linear" with weight [out, in] and bias [out], or an activation.

    ``slope`` is what a relu does to negative numbers: nothing is left, or a leak.
    """

    kind: str
    weight: np.ndarray | None = None
    bias: np.ndarray | None = None
    slope: float = 0.0

    @classmethod
    def of(cls, module: nn.Linear) -> "Layer":
        """A linear layer; without a bias it gets zeros."""
        weight = as_array(module.weight)
        bias = np.zeros(len(weight), "float32")
        return cls(
            "linear", weight, bias if module.bias is None else as_array(module.bias)
        )

    def run(self, x: np.ndarray, stored: Stored) -> np.ndarray:
        """The step on a batch, its weights rounded as the page holds them."""
        if self.weight is not None and self.bias is not None:
            return x @ as_stored(self.weight, stored).T + as_stored(self.bias, stored)
        if self.kind == "clamp":
            return np.clip(x, 0, 1)
        if self.kind == "relu":
            return np.where(x > 0, x, self.slope * x).astype(x.dtype)
        # the sigmoid through tanh, which does not overflow
        return np.tanh(x) if self.kind == "tanh" else (1 + np.tanh(x / 2)) / 2


@dataclass(frozen=True)
class Chain:
    """A decoder as linear layers and activations, one after the other."""

    layers: list[Layer]

    @property
    def inputs(self) -> int:
        """How many numbers a code has."""
        weights = (layer.weight for layer in self.layers if layer.weight is not None)
        return next((weight.shape[1] for weight in weights), 0)

    @classmethod
    def of(cls, decoder: nn.Module) -> "Chain":
        """Read the layers of a torch decoder, in order."""
        if not isinstance(decoder, nn.Module):
            raise TypeError(
                "A decoder is a torch module whose layers the page can run, not a "
                f"{type(decoder).__name__}: pass the module itself, as model.decoder."
            )
        layers = []
        # a layer that stands at two places, as one nn.ReLU may, counts twice
        for _, module in decoder.named_modules(remove_duplicate=False):
            if isinstance(module, nn.Linear):
                layers.append(Layer.of(module))
            elif type(module) in ACTIVATIONS and _page_knows(module):
                slope = getattr(module, "negative_slope", 0.0)
                layers.append(Layer(ACTIVATIONS[type(module)], slope=slope))
            elif not isinstance(module, _WITHOUT_EFFECT) and not any(module.children()):
                raise TypeError(
                    "The page runs chains of Linear, ReLU, LeakyReLU, Tanh, Sigmoid "
                    f"and Hardtanh(0, 1) layers; this decoder has a {module}."
                )
        return cls(layers)

    def run(self, z: np.ndarray, stored: Stored = "float32") -> np.ndarray:
        """What the page computes: codes [B, latent_dim] → pixels [B, P]."""
        for layer in self.layers:
            z = layer.run(z, stored)
        return z

    def export(
        self, name: str, stored: Stored
    ) -> tuple[list[list], dict[str, tuple[np.ndarray, Stored]]]:
        """The chain for the page: what each layer is, and the arrays.

        A layer is ["linear", name of its arrays], or [activation, slope].
        """
        kinds = [
            [layer.kind, layer.slope if layer.weight is None else f"{name}.{i}"]
            for i, layer in enumerate(self.layers)
        ]
        arrays: dict[str, tuple[np.ndarray, Stored]] = {}
        for i, layer in enumerate(self.layers):
            if layer.weight is not None and layer.bias is not None:
                arrays[f"{name}.{i}.weight"] = (layer.weight, stored)
                arrays[f"{name}.{i}.bias"] = (layer.bias, stored)
        return kinds, arrays


def _page_knows(module: nn.Module) -> bool:
    """Whether the page's activation is this one: it clamps to [0, 1] only."""
    bounds = getattr(module, "min_val", 0), getattr(module, "max_val", 1)
    return bounds == (0, 1)


def checked_images(
    name: str, decoder: nn.Module, chain: Chain, codes: np.ndarray, shape: Sequence[int]
) -> np.ndarray:
    """What torch decodes, after a check that the page can show the same: [N, P].

    The decoder is in float32, on the CPU and in evaluation mode. Raises ValueError for
    another size, pixels outside [0, 1], or a decoder that does more than its chain.
    """
    with torch.no_grad():
        images = as_array(decoder(torch.from_numpy(codes)))
    images = images.reshape(len(codes), -1)
    if images.shape[1] != np.prod(shape):
        raise ValueError(
            f"The decoder of {name} gives {images.shape[1]} numbers per image, but "
            f"image_shape={tuple(shape)} has {np.prod(shape)}."
        )
    if images.min() < 0 or images.max() > 1:
        raise ValueError(
            f"The decoder of {name} gives pixels from {images.min():.1f} to "
            f"{images.max():.1f}, not in [0, 1]: if these are logits, pass "
            "nn.Sequential(decoder, nn.Sigmoid())."
        )
    if np.abs(chain.run(codes) - images).max() > 1e-4:
        raise ValueError(
            f"The decoder of {name} does more than its layers one after the other, "
            "which is all that the page can do: pass them as one nn.Sequential."
        )
    return images
