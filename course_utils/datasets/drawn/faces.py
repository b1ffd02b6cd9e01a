"""Cartoon faces that the course draws by itself, so that their true factors are known.

Every factor is drawn independently of the others: no hair goes with a beard, no skin
with a smile. What a model finds between them it has made up.
"""

from torch import Tensor

from ..dataset import Dataset, Factors
from . import canvas, face_parts
from .drawing import Factor, check, chunks, load_drawn, random_factors

FACTORS = {
    "yaw": Factor(-1, 1, 0, "looks left … right in the picture, 34° at the ends"),
    "smile": Factor(-1, 1, 0.4, "mouth down … laughing"),
    "glasses": Factor(0, 1, 0, "0 or 1", binary=True),
    "beard": Factor(0, 1, 0, "0 or 1", binary=True),
    "hair_length": Factor(0, 1, 0.2, "to the ears … to the shoulders"),
    "hair_colour": Factor(0, 1, 0.35, "black, brown, auburn, blond"),
    "skin": Factor(0, 1, 0.6, "dark … light"),
    "eyes": Factor(0, 1, 0.8, "almost shut … wide open"),
    "background": Factor(0, 1, 0, "blue, mint, sand, rose; the shirt changes with it"),
}
TRAIN, TEST = 12_000, 2_000


def load(name: str = "faces") -> Dataset:
    """Load the faces, uint8 [N, 32, 32, 3]; labels say whether one wears glasses."""
    return load_drawn(
        name,
        _make,
        (TRAIN, TEST),
        (__name__, face_parts.__name__, canvas.__name__),
        title="Cartoon faces",
        class_names=("without glasses", "with glasses"),
    )


def sample(n: int, *, seed: int = 0, **fixed: float) -> Factors:
    """Factors of `n` random faces, each float32 [n]; `fixed` ones are the same in all.

    Same seed, same faces: ``sample(8, glasses=1)`` are those of ``sample(8)``, with
    glasses. Raises ValueError for a factor that is not in FACTORS or out of range.
    """
    factors = random_factors(FACTORS, n, seed)
    return check({**factors, **fixed}, FACTORS)


def draw(factors: Factors) -> Tensor:
    """Draw faces from their factors (name -> [N], or a number): uint8 [N, 32, 32, 3].

    A factor left out has its usual value, see FACTORS. Half a pair of glasses, 0.5, is
    seen through. Raises ValueError for what FACTORS does not allow.
    """
    return chunks(face_parts.paint, check(factors, FACTORS), (32, 32, 3))


def _make(n: int, seed: int) -> tuple[Tensor, Tensor, Factors]:
    factors = sample(n, seed=seed)
    return draw(factors), factors["glasses"].long(), factors
