"""Handwriting that the course draws by itself, so that its true factors are known.

A character is a skeleton of smooth strokes (glyphs.py). A writer's hand deforms it:
near points stray together, then the whole is stretched, slanted and turned; the pen
(pen.py) lays the ink. Centred by mass, of MNIST's size, thickness and grey levels.
"""

import torch
from torch import Tensor

from ..dataset import Dataset, Factors
from . import glyphs, pen
from .drawing import load_drawn, one_thread

# Mean and deviation of each factor over all hands.
HANDS = {
    "slant": (0.15, 0.27),  # shear: pixels to the right per pixel up
    "rotation": (0.0, 0.1),  # radians, clockwise
    "width": (1.12, 0.22),  # times the skeleton's
    "height": (1.0, 0.06),  # times 17.5 pixels
    "thickness": (2.6, 0.55),  # of the line, pixels
    "wobble": (0.075, 0.02),  # how far points stray, in heights
}
CHUNK = 250  # images drawn at once: what the processor's cache holds
# Title, alphabet, how many images to train with, and to test with.
DATASETS = {
    "pen_strokes": ("Pen strokes", glyphs.DIGITS, 20_000, 4_000),
    "pen_letters": ("Pen letters", glyphs.LETTERS, 2_000, 2_000),
}


def load(name: str) -> Dataset:
    """Load "pen_strokes" (digits) or "pen_letters" (ten capitals), with factors."""
    title, alphabet, *sizes = DATASETS[name]
    return load_drawn(
        name,
        lambda n, seed: draw(n, alphabet=alphabet, seed=seed),
        sizes,
        (glyphs.__name__, pen.__name__, __name__),
        title=title,
        class_names=tuple(alphabet),
    )


def draw(
    n: int, *, alphabet: glyphs.Alphabet = glyphs.DIGITS, seed: int = 0
) -> tuple[Tensor, Tensor, Factors]:
    """Draw `n` characters: images uint8 [n, 28, 28], labels int64 [n], and factors.

    The factors, each float32 [n], are those of HANDS, and `style`, int64: the index
    of the way to write this character, as listed in glyphs.py. Same seed, same images.
    """
    random = torch.Generator().manual_seed(seed)
    labels = torch.randint(len(alphabet), (n,), generator=random)
    factors = {
        # Within 2.5 deviations: no hand is so odd that nobody could read it.
        name: mean + deviation * torch.randn(n, generator=random).clamp(-2.5, 2.5)
        for name, (mean, deviation) in HANDS.items()
    }
    factors["style"] = torch.zeros(n, dtype=torch.long)
    images = torch.empty(n, pen.SIZE, pen.SIZE, dtype=torch.uint8)
    with one_thread():
        for label, styles in enumerate(alphabet.values()):
            members = (labels == label).nonzero()[:, 0]
            chance = torch.rand(len(members), generator=random)
            shares = torch.tensor([style.share for style in styles])
            steps = shares.cumsum(0) / shares.sum()
            which = torch.bucketize(chance, steps[:-1], right=True)
            factors["style"][members] = which
            for index, style in enumerate(styles):
                tool = pen.Pen(style)
                for batch in members[which == index].split(CHUNK):
                    hands = {name: values[batch] for name, values in factors.items()}
                    images[batch] = tool.draw(hands, random)
    return images, labels, factors
