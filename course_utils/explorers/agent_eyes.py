"""A game of catch, played on what an agent's code keeps of the picture."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure
from torch import nn

from .base import Finite, assemble
from .decoding import DecodingExplorer, check_index, show_image
from .noise import uniform_noise
from .packing import Stored

# The rules, as in agent_eyes.js.
_SIDE, _TOP, _GROUND = 28, 3.0, 25.0
_HALF, _SPEED = 3.5, 1.5


class AgentEyes(DecodingExplorer):
    """Catch a ball that falls a pixel a move, seen through an autoencoder.

    The page draws the true picture, gives it to an encoder and its decoder, and shows
    what comes out. The traits ``eye``, ``truth``, ``ball``, ``height``, ``paddle``
    (in pixels), ``caught`` and ``landed`` (one count for each eye) and ``seed`` are
    synced with the page; all that it shows follows from them.

    Parameters
    ----------
    eyes : name -> (network, radius of the ball, sigma of a blur, 0 for none; both in
        pixels). A network takes frames, flat [B, 784], to frames in [0, 1] and is a
        chain as `DecodingExplorer` takes it.
    floor : the share of balls that a player catches who does not look.
    eye : which eye to start with.
    ball, height, paddle : where things are at first: columns from 2 to 25 and from 3.5
        to 23.5, and a row from 3 to 24.
    seed : where the next balls fall.
    stored, label, try_this : see `DecodingExplorer`.

    Raises
    ------
    TypeError, ValueError : the page could not show what torch does.
    """

    _esm = assemble(
        "page/decoder.js", "page/decoding.js", "page/noise.js", "agent_eyes.js"
    )
    _css = assemble("page/decoding.css", "agent_eyes.css")
    eye = traitlets.Int().tag(sync=True)
    truth = traitlets.Bool().tag(sync=True)
    ball = Finite().tag(sync=True)
    height = Finite().tag(sync=True)
    paddle = Finite().tag(sync=True)
    caught = traitlets.List(traitlets.Int(min=0)).tag(sync=True)
    landed = traitlets.List(traitlets.Int(min=0)).tag(sync=True)
    seed = traitlets.Int(min=0, max=2**31).tag(sync=True)
    looks: traitlets.List = traitlets.List(help="radius and blur").tag(sync=True)
    floor = Finite().tag(sync=True)

    def __init__(
        self,
        eyes: Mapping[str, tuple[nn.Module, float, float]],
        floor: float,
        *,
        eye: int = 0,
        ball: float = 19.0,
        height: float = 9.0,
        paddle: float = 8.0,
        seed: int = 0,
        stored: Stored = "float16",
        label: str = "Catch the ball, with the agent's eyes.",
        try_this: str = "play five balls with each pair of eyes; then tick the true "
        "picture.",
    ) -> None:
        looks = [[float(radius), float(sigma)] for _, radius, sigma in eyes.values()]
        if not eyes or min(r for r, _ in looks) <= 0 or min(s for _, s in looks) < 0:
            raise ValueError(
                "AgentEyes needs at least one eye, a radius above 0 and a blur of 0 or "
                "more for each."
            )
        models = {
            name: (network, draw_frame(ball, height, paddle, *look).reshape(1, -1))
            for (name, (network, _, _)), look in zip(eyes.items(), looks, strict=True)
        }
        self._count = len(eyes)
        super().__init__(
            models,
            {},
            image_shape=(_SIDE, _SIDE),
            stored=stored,
            eye=eye,
            ball=ball,
            height=height,
            paddle=paddle,
            caught=[0] * self._count,
            landed=[0] * self._count,
            seed=seed,
            looks=looks,
            floor=floor,
            label=label,
            try_this=try_this,
        )

    @traitlets.validate("eye")
    def _is_an_eye(self, proposal: Any) -> int:
        return check_index(proposal["value"], self._count, "eye")

    def frame(self) -> np.ndarray:
        """The true picture, as the eye is given it: [28, 28] in [0, 1]."""
        return draw_frame(self.ball, self.height, self.paddle, *self.looks[self.eye])

    def seen(self) -> np.ndarray:
        """What the eye makes of it: [28, 28] in [0, 1]."""
        name = self.decoders[self.eye]["name"]
        return self.decoded(name, self.frame().reshape(-1))

    def move(self, action: int) -> None:
        """One move: 0 left, 1 stay, 2 right; the ball falls by a pixel."""
        paddle = self.paddle + _SPEED * (action - 1)
        self.paddle = min(max(paddle, _HALF), _SIDE - 1 - _HALF)
        self.height += 1
        if self.height < _GROUND:
            return
        hit = abs(self.ball - self.paddle) <= _HALF
        self.caught = [n + (hit and k == self.eye) for k, n in enumerate(self.caught)]
        self.landed = [n + (k == self.eye) for k, n in enumerate(self.landed)]
        balls = sum(self.landed)
        self.ball = 2 + 23 * float(uniform_noise(self.seed, balls)[-1])
        self.height = _TOP

    def draw(self) -> Figure:
        figure = Figure(figsize=(5.0, 2.7), layout="constrained")
        places = figure.subplots(1, 2)
        show_image(places[0], self.seen(), "what the agent sees")
        show_image(places[1], self.frame(), "the true picture")
        return figure

    def describe(self) -> str:
        """What is there, and what of it is seen."""
        name = self.decoders[self.eye]["name"]
        brightest = self.seen()[: _SIDE - 2].max()
        return (
            f"A game of catch through the eyes '{name}'. The ball is in column "
            f"{self.ball:.0f}, row {self.height:.0f}, the paddle in column "
            f"{self.paddle:.0f}. The brightest pixel of the sky that the agent sees is "
            f"{brightest:.2f} of 1."
        )


def draw_frame(
    ball: float, height: float, paddle: float, radius: float, sigma: float
) -> np.ndarray:
    """A frame with soft edges, blurred if sigma > 0: float32 [28, 28] in [0, 1]."""
    place = np.arange(_SIDE)
    away = np.hypot(place[:, None] - height, place - ball)
    frame = np.clip(radius + 0.5 - away, 0, 1)
    row = np.clip(_HALF + 0.5 - np.abs(place - paddle), 0, 1)
    frame[_SIDE - 2 :] = np.maximum(frame[_SIDE - 2 :], row)
    if sigma > 0:
        kernel = np.exp(-0.5 * (np.arange(-4, 5) / sigma) ** 2)
        for axis in (0, 1):
            frame = np.apply_along_axis(np.convolve, axis, frame, kernel, "same")
    return frame.clip(0, 1).astype("float32")
