"""What the explorers of chapters 6 and 7 share: decoders that the page runs."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import torch
import traitlets
from matplotlib.axes import Axes
from torch import nn

from ..show import MODEL_COLOURS
from .base import Explorer
from .chain import Chain, checked_images
from .packing import Stored, as_array, pack


class DecodingExplorer(Explorer):
    """An explorer whose page decodes codes; subclasses say which ones.

    A decoder is a torch chain of Linear, ReLU, LeakyReLU, Tanh, Sigmoid and
    Hardtanh(0, 1), codes [B, D] → pixels in [0, 1], on any device. The explorer keeps
    its weights as they are when it is made.

    Parameters
    ----------
    stored : how the page holds the weights: "float16" (not to be seen), "float32", or
        "int8", half of float16's size, where a few pixels change by some hundredths.
        ``rounding`` says by how much at most, of 1, at the codes given.
    weights_of : an explorer further up the page with the same decoders, whose weights
        this one uses there.
    label, try_this : what stands above and below.
    """

    shared = ("parameters",)
    decoders: traitlets.List = traitlets.List(help="name, colour and layers").tag(
        sync=True
    )
    parameters = traitlets.Bytes(help="the decoders' numbers").tag(sync=True)
    parameter_table: traitlets.List = traitlets.List(help="where each lies").tag(
        sync=True
    )
    image_shape = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(
        self,
        models: Mapping[str, tuple[nn.Module, np.ndarray]],
        arrays: dict[str, tuple[np.ndarray, Stored]],
        *,
        image_shape: Sequence[int],
        stored: Stored,
        weights_of: "DecodingExplorer | None" = None,
        **traits: Any,
    ) -> None:
        """Read the decoders and check each at its codes [B, D].

        With ``weights_of``, an explorer further up the page with the same decoders,
        the page holds their weights once.
        """
        self.networks: dict[str, nn.Module] = {}
        self.rounding = 0.0
        weights: dict[str, tuple[np.ndarray, Stored]] = {}
        described = []
        for name, (network, codes) in models.items():
            chain = Chain.of(network)
            # The page keeps the weights as they are now, so Python does too.
            network = deepcopy(network).cpu().float().eval()
            self.networks[name] = network
            if codes.ndim != 2 or codes.shape[1] != chain.inputs:
                raise ValueError(
                    f"The decoder of {name} takes codes of {chain.inputs} numbers, one "
                    f"row each; these codes or directions have shape {codes.shape}."
                )
            exact = checked_images(name, network, chain, codes, image_shape)
            rounded = chain.run(codes, stored)
            self.rounding = max(self.rounding, float(np.abs(rounded - exact).max()))
            layers, numbers = chain.export(name, stored)
            weights |= numbers
            colour = MODEL_COLOURS.get(name.lower(), "")
            described.append({"name": name, "colour": colour, "layers": layers})
        (held, held_table), (data, table) = pack(weights), pack(arrays)
        if weights_of is not None:
            if weights_of.parameters != held:
                raise ValueError(
                    "weights_of names an explorer with other decoders, or stored in "
                    "another way: leave it out, or give both the same decoder."
                )
            self.borrowed = ("parameters",)
        super().__init__(
            decoders=described,
            parameters=held,
            parameter_table=held_table,
            arrays=data,
            array_table=table,
            image_shape=list(image_shape),
            **traits,
        )

    def decoded(self, name: str, code: np.ndarray) -> np.ndarray:
        """What torch makes of one code [D]: float32 of ``image_shape``."""
        with torch.no_grad():
            image = self.networks[name](torch.from_numpy(code[None]))
        return as_array(image).reshape(self.image_shape)


def as_pixels(images: Any) -> np.ndarray:
    """Images for the page: [N, H, W] or [N, H, W, 3], float32 in [0, 1].

    uint8 images are divided by 255; an axis of one channel goes.
    """
    whole = not torch.as_tensor(images).is_floating_point()
    pixels = as_array(images) / (255 if whole else 1)
    if pixels.ndim == 4 and 1 in (pixels.shape[1], pixels.shape[3]):
        pixels = pixels.squeeze(1 if pixels.shape[1] == 1 else 3)
    if pixels.ndim not in (3, 4) or (pixels.ndim == 4 and pixels.shape[3] != 3):
        raise ValueError(
            f"The images have shape {pixels.shape}; the page shows [N, H, W] in grey "
            "or [N, H, W, 3] in colour."
        )
    if pixels.min() < 0 or pixels.max() > 1:
        raise ValueError(
            f"The images go from {pixels.min():.1f} to {pixels.max():.1f}: give uint8 "
            "images, or floats in [0, 1]."
        )
    return pixels.astype("float32")


def show_image(axes: Axes, image: np.ndarray, title: str = "") -> None:
    """An image in a still picture, under its title."""
    axes.imshow(image, cmap="gray", vmin=0, vmax=1)
    axes.set_title(title)
    axes.axis("off")


def same_number(images: np.ndarray, **others: np.ndarray) -> None:
    """Refuse codes or labels that are not one for each image."""
    for name, values in others.items():
        if len(values) != len(images):
            raise ValueError(
                f"There are {len(images)} images but {len(values)} {name}: give one "
                "for each image."
            )


def check_index(value: int, count: int, what: str) -> int:
    """``value`` if it counts one of ``count`` things, else a TraitError."""
    if not 0 <= value < count:
        raise traitlets.TraitError(
            f"there is no {what} number {value}; they go from 0 to {count - 1}"
        )
    return value
