"""Explorers of the chapters' size are there at once and follow the hand."""

from collections.abc import Callable

import numpy as np
import pytest
from decoder_samples import DIGITS, RNG, network

from course_utils.explorers import (
    AttributeSliders,
    FaceTriangle,
    GaussianKL,
    Interpolation,
    LatentMap,
    LiveTSNE,
    ReparameterizationExplorer,
    TwoDecoders,
    WordMap,
)
from course_utils.explorers.base import Explorer

FACE_CODES = RNG.normal(size=(24, 16)).astype("float32")
DIGIT_CODES = RNG.normal(size=(20, 2)).astype("float32")
MAP_CODES = RNG.normal(size=(500, 2)).astype("float32")
WORDS = RNG.normal(size=(2500, 100)).astype("float32")


def digits(seed: int = 0, inputs: int = 2):
    return network(inputs, 784, seed, hidden=256)


def faces():
    return network(16, 3072, 0, hidden=128)


DECODING: dict[str, Callable[[], Explorer]] = {
    "latent map": lambda: LatentMap(
        models={name: (digits(i), MAP_CODES) for i, name in enumerate("abc")},
        labels=np.arange(500) % 10,
        stored="int8",
    ),
    "interpolation": lambda: Interpolation(
        DIGITS,
        {name: (digits(i), DIGIT_CODES) for i, name in enumerate("ab")},
        stored="int8",
    ),
    "three faces": lambda: FaceTriangle(faces(), FACE_CODES, stored="int8"),
    "attributes": lambda: AttributeSliders(
        faces(), FACE_CODES, {"pose": FACE_CODES[0]}, stored="int8"
    ),
    "two decoders": lambda: TwoDecoders(
        {
            "GAN": (digits(0, 64), RNG.normal(size=(3, 64))),
            "VAE": (digits(1, 16), RNG.normal(size=(3, 16))),
        },
        stored="int8",
    ),
}
OTHERS: dict[str, Callable[[], Explorer]] = {
    "KL": GaussianKL,
    "reparameterization": ReparameterizationExplorer,
    "word map": lambda: WordMap(
        [f"word{i}" for i in range(2500)], WORDS, WORDS[:, :2], query="word0"
    ),
    "t-SNE": lambda: LiveTSNE(WORDS[:300, :50], np.arange(300) % 10),
}

# Milliseconds: ready after the page has loaded; the first touch of a control; and one
# of a hundred more, the tenth fastest, which is what it takes on a machine at rest.
MEASURE = """() => {
  const [{ loadEventEnd }] = performance.getEntriesByType('navigation');
  const [ready] = performance.getEntriesByName('explorer ready');
  const live = document.querySelector('.lc-live');
  const control = live.querySelector('[role=slider], [type=range], input');
  const times = Array.from({ length: 101 }, () => {
    const start = performance.now();
    for (const kind of ['input', 'change']) {
      control.dispatchEvent(new Event(kind, { bubbles: true }));
    }
    control.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true }));
    return performance.now() - start;
  });
  const [first, ...more] = times;
  return [ready.startTime - loadEventEnd, first, more.sort((a, b) => a - b)[10]];
}"""


@pytest.mark.parametrize("name", [*DECODING, *OTHERS])
def test_there_at_once_and_quick_to_follow(visit, name: str):
    explorer = (DECODING | OTHERS)[name]()
    found = [visit(explorer).page.evaluate(MEASURE) for _ in range(3)]
    ready, first, usual = np.min(found, axis=0)  # others may be using the machine
    print(
        f"{name}: ready {ready:.0f} ms after load, first touch {first:.1f} ms, "
        f"then {usual:.2f} ms from the hand to the picture"
    )
    assert ready <= 100
    assert first <= 100
    assert usual <= (4 if name in DECODING else 16)
