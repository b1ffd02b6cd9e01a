"""What every loader returns: one small object, the same for every data set."""

from dataclasses import dataclass

from torch import Tensor

Factors = dict[str, Tensor]


class DataUnavailable(RuntimeError):
    """The data cannot be had; the message says why and what to do about it."""


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images to learn from, with all that is known about them.

    Images are uint8: [N, H, W] in grey, [N, H, W, 3] in colour, or [N, D, H, W] for
    solids; labels are int64, [N], indices into `class_names`. `train_factors` and
    `test_factors` hold the true factors behind each image (name -> tensor [N]) where
    the course drew it, else None.
    `reason` says why this data set was chosen, `source` where it comes from.
    """

    name: str
    title: str
    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    class_names: tuple[str, ...]
    licence: str
    source: str
    reason: str = ""
    train_factors: Factors | None = None
    test_factors: Factors | None = None

    def describe(self) -> str:
        """One line: which data, how many, why this one, under which licence."""
        train, test = len(self.train_images), len(self.test_images)
        sizes = list(self.train_images.shape[1:])
        colour = sizes[2:] == [3]
        what = "solids" if len(sizes) == 3 and not colour else "images"
        extent = "×".join(str(size) for size in sizes[: 2 if colour else 3])
        size = f"{train:,} + {test:,} {what} of {extent}"
        facts = [self.title, size, self.reason, self.licence]
        return " · ".join(filter(None, facts))

    def __repr__(self) -> str:
        return f"<Dataset: {self.describe()}>"


def to_float(images: Tensor) -> Tensor:
    """Turn uint8 images of any shape into float32 in [0, 1]."""
    return images.float() / 255


def flatten(images: Tensor) -> Tensor:
    """Lay the pixels of each image in one row: [N, H, W, …] -> [N, H*W*…]."""
    return images.reshape(len(images), -1)
