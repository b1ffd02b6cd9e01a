"""Small explorers of decoders to look at, and what their pictures show."""

from collections.abc import Callable

import numpy as np
import torch
from playwright.sync_api import Locator, Page
from torch import nn

from course_utils.explorers import (
    AgentEyes,
    AttributeSliders,
    FaceTriangle,
    Interpolation,
    NoiseToDigit,
    RubOut,
    StyleBoard,
    TwoDecoders,
    VoicePad,
)

RNG = np.random.default_rng(0)
FACE_CODES = RNG.normal(size=(6, 5)).astype("float32")
FACES = RNG.integers(0, 256, (6, 32, 32, 3), "uint8")
DIRECTIONS = {"glasses": RNG.normal(size=5), "smile": RNG.normal(size=5)}
DIGIT_CODES = RNG.normal(size=(20, 3)).astype("float32")
DIGITS = RNG.integers(0, 256, (20, 28, 28), "uint8")


def network(inputs: int, pixels: int, seed: int, hidden: int = 32) -> nn.Sequential:
    """A decoder whose pixels cover [0, 1], as a trained one's do."""
    torch.manual_seed(seed)
    layers = [nn.Linear(inputs, hidden), nn.LeakyReLU(0.2), nn.Linear(hidden, pixels)]
    with torch.no_grad():
        layers[2].weight.mul_(10)
    return nn.Sequential(*layers, nn.Sigmoid())


def interpolation(stored: str = "float32") -> Interpolation:
    models = {
        "autoencoder": (network(3, 784, 1), DIGIT_CODES),
        "VAE": (network(3, 784, 2), 3 * DIGIT_CODES[::-1].copy()),
    }
    labels = np.arange(20) // 2
    return Interpolation(DIGITS, models, labels, second=3, stored=stored)


def face_triangle(stored: str = "float32", hidden: int = 32) -> FaceTriangle:
    decoder = network(5, 3072, 3, hidden)
    return FaceTriangle(decoder, FACE_CODES, FACES, stored=stored)


def attribute_sliders(stored: str = "float32", **options) -> AttributeSliders:
    decoder = network(5, 3072, 3)
    options = {"images": FACES, "stored": stored} | options
    return AttributeSliders(decoder, FACE_CODES, DIRECTIONS, **options)


def two_decoders(stored: str = "float32", **options) -> TwoDecoders:
    plane = np.random.default_rng(4).normal(size=(3, 8))
    gan, vae = (network(8, 784, 4), plane), (network(2, 784, 5), None)
    return TwoDecoders({"GAN": gan, "VAE": vae}, stored=stored, **options)


def style_board(stored: str = "float32", **options) -> StyleBoard:
    codes = np.random.default_rng(5).normal(size=(40, 2)).astype("float32")
    turns = np.linalg.qr(np.random.default_rng(6).normal(size=(10, 2, 2)))[0]
    options = {"turns": turns, "stored": stored} | options
    return StyleBoard(network(12, 784, 6), codes, np.arange(40) % 10, **options)


def voice_pad(stored: str = "float32", **options) -> VoicePad:
    codes = np.random.default_rng(7).normal(size=(40, 2)).astype("float32")
    options = {"words": ("one", "two", "three"), "reach": 3, "stored": stored} | options
    decoder = network(2 + len(options["words"]), 2048, 8)
    return VoicePad(decoder, codes=codes, labels=np.arange(40) % 4, **options)


def rub_out(stored: str = "float32", **options) -> RubOut:
    mean = DIGITS.mean(0) / 255
    return RubOut(network(3, 784, 6), DIGITS, mean, range(20), stored=stored, **options)


def noise_to_digit(stored: str = "float32", **options) -> NoiseToDigit:
    rng = np.random.default_rng(7)
    labels = np.arange(60) % 10
    codes = rng.normal(size=(60, 4)) + 2 * rng.normal(size=(10, 4))[labels]
    torch.manual_seed(8)
    flow = nn.Sequential(nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, 4))
    decoder = network(4, 784, 9)
    return NoiseToDigit(flow, decoder, codes, labels, stored=stored, **options)


def agent_eyes(stored: str = "float32", **options) -> AgentEyes:
    eyes = {
        "sharp": (network(784, 784, 7), 2.0, 0.0),
        "soft": (network(784, 784, 8), 0.7, 1.5),
    }
    return AgentEyes(eyes, 7 / 23, stored=stored, **options)


def pictures(explorer: Locator | Page) -> dict[str, np.ndarray]:
    """The pictures of an explorer on the page by name: [H, W, 3] in [0, 1]."""
    found = explorer.locator(".lc-picture canvas").evaluate_all(
        "list => list.map(canvas => { const { width, height } = canvas;"
        "const copy = new OffscreenCanvas(width, height);"
        "const pen = copy.getContext('2d', { willReadFrequently: true });"
        "pen.drawImage(canvas, 0, 0);"
        "const { data } = pen.getImageData(0, 0, width, height);"
        "return [canvas.ariaLabel, [height, width, 4], [...data]]; })"
    )
    return {name: np.reshape(rgba, shape)[..., :3] / 255 for name, shape, rgba in found}


def position(pad: Locator) -> tuple[float, float]:
    """Where the marker stands, in percent of the pad."""
    return pad.locator(".lc-marker").evaluate(
        "m => [parseFloat(m.style.left), parseFloat(m.style.bottom)]"
    )


def difference(shown: np.ndarray, image: np.ndarray) -> float:
    """The largest difference of a pixel; grey images are shown in three channels."""
    return np.abs(shown - image.reshape(*shown.shape[:2], -1)).max()


def touch_drag(page: Page, *points: tuple[float, float]) -> None:
    """Put a finger on the first point, drag it over the others and lift it."""
    touch = page.context.new_cdp_session(page)
    kinds = ["touchStart", *["touchMove"] * (len(points) - 1)]
    for kind, (x, y) in zip(kinds, points, strict=True):
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y}]},
        )
    page.wait_for_timeout(200)  # at rest, or the browser takes it for a fling
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def soon(page: Page, holds: Callable[[], bool]) -> bool:
    """Whether it holds, now or within five seconds: a tap clicks a little later."""
    for _ in range(50):
        if holds():
            return True
        page.wait_for_timeout(100)
    return False
