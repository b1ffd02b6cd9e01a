"""Small explorers to look at, in Python and on a page."""

import numpy as np
import torch
from torch import nn

from course_utils.explorers import LatentMap, WordMap

CODES = np.random.default_rng(0).normal(size=(200, 2)).astype("float32")
LABELS = np.arange(200) % 10
WORDS = ["row", "rows", "column", "columns", "red", "green", "blue", "mean"]
WORDS += ["median", "variance"]


def decoder(seed: int = 0, hidden: int = 64) -> nn.Sequential:
    torch.manual_seed(seed)
    layers = nn.Linear(2, hidden), nn.ReLU(), nn.Linear(hidden, 784), nn.Sigmoid()
    with torch.no_grad():
        layers[2].weight.mul_(20)  # logits as large as a trained decoder's
    return nn.Sequential(*layers)


def latent_map(stored: str = "float32", **options) -> LatentMap:
    models = {"VAE": (decoder(0), CODES), "autoencoder": (decoder(1), 9 * CODES)}
    return LatentMap(models=models, labels=LABELS, stored=stored, **options)


def word_map(words: list[str] = WORDS) -> WordMap:
    rng = np.random.default_rng(3)
    things = np.repeat(rng.normal(size=(5, 8)), 2, axis=0)  # pairs, as row and rows
    plural = np.outer(np.arange(10) % 2, rng.normal(size=8))
    vectors = things + 0.5 * plural + 0.01 * rng.normal(size=(10, 8))
    groups = {"shapes": ["row", "column"], "colours": ["red", "green"]}
    examples = ["mean", "rows - row + column"]
    options = {"groups": groups, "examples": examples, "neighbours": 4}
    options["stored"] = "float32"  # no near ties decided by rounding
    return WordMap(words, vectors, rng.normal(size=(10, 2)), **options)
