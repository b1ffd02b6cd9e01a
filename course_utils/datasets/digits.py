"""The 8×8 digits that come with scikit-learn: no download, good for quick tries."""

import torch
from sklearn.datasets import load_digits

from .dataset import Dataset

TEST_SIZE = 360  # the last fifth: other writers than the first four fifths


def load(name: str = "digits") -> Dataset:
    """1,437 training and 360 test images of 8×8, grey levels stretched to 0..255."""
    bunch = load_digits()
    images = torch.from_numpy(bunch.images * (255 / 16)).round().to(torch.uint8)
    labels = torch.from_numpy(bunch.target).long()
    return Dataset(
        name=name,
        title="scikit-learn's digits",
        train_images=images[:-TEST_SIZE],
        train_labels=labels[:-TEST_SIZE],
        test_images=images[-TEST_SIZE:],
        test_labels=labels[-TEST_SIZE:],
        class_names=tuple("0123456789"),
        licence="CC BY 4.0",
        source="Alpaydin & Kaynak, Optical Recognition of Handwritten Digits (UCI)",
    )
