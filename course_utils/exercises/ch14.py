"""Checks of chapter 14: near-copies, what is left unexplained, classes that count."""

import torch

from .core import Answer, Verdict, draws, exercise
from .diagnosis import compare


@exercise("ch14-near-copies", "How near test images are to training")
def check_closeness(answer: Answer) -> Verdict:
    """``answer(test, train)`` takes [M, D] and [N, D] and gives [M]."""
    train = draws(19, 6, seed=1)
    test = torch.cat([train[:3] + 0.02 * draws(3, 6, seed=2), draws(9, 6, seed=3)])
    across, inside = torch.cdist(test, train), torch.cdist(train, train)
    pairs = torch.pdist(train)
    others = inside.clone().fill_diagonal_(torch.inf).amin(1)
    near, usual = across.amin(1), pairs.median()
    among = torch.cdist(test, test).fill_diagonal_(torch.inf).amin(1)
    return compare(
        answer(test, train),
        near / usual,
        mistakes={
            "These are the distances: divide by the usual one.": near,
            "This is the ratio the wrong way round: the usual distance goes below.": (
                usual / near
            ),
            "There is one answer for each *test* image: take the smallest distance "
            "over the training images, dim 1.": across.amin(0) / usual,
            "You compared the test images with each other: training images are "
            "asked for.": among / usual,
            "Usual is the median, not the mean.": near / pairs.mean(),
            "The distance of an image to itself, 0, is among your pairs: leave the "
            "diagonal out, or take `torch.pdist`.": near / inside.median(),
            "You took the distance to each training image's nearest other: all pairs "
            "are asked for, or a folder full of copies finds itself usual.": (
                near / others.median()
            ),
            "You squared the distances: take the root.": (near / usual).square(),
            "You took the median over the training images: take the smallest.": (
                across.median(1).values / usual
            ),
            "You took the pairs of a test and a training image: usual is the training "
            "images' own.": near / across.median(),
        },
        why="Below a sixth, the image tests the memory, not the model.",
    )


@exercise("ch14-unexplained", "The share of the variance that a model leaves")
def check_unexplained(answer: Answer) -> Verdict:
    """``answer(images, rebuilt, mean)``: [N, D], [N, D], [D], and gives one number."""
    images = draws(12, 5, seed=4) + 2
    rebuilt = images + 0.4 * draws(12, 5, seed=5)
    mean = draws(5, seed=6) / 5 + 2
    error, blank = (images - rebuilt).square(), (images - mean).square()
    share = error.sum() / blank.sum()
    own = (images - images.mean(0)).square()
    return compare(
        answer(images, rebuilt, mean),
        share,
        mistakes={
            "This is the share that *is* explained: give what is left of 1.": 1 - share,
            "This is the ratio the wrong way round: the model's error goes on top.": (
                1 / share
            ),
            "Nothing is divided: the mean image's error goes below.": error.sum(),
            "This is the mean squared error: divide it by the mean image's.": (
                error.mean()
            ),
            "You took the mean of the test images: the floor may only know the "
            "training images' mean, which is given.": error.sum() / own.sum(),
            "You averaged one ratio for each image: sum both errors first, or easy "
            "images weigh too much.": (error.sum(1) / blank.sum(1)).mean(),
            "You took the square root: the share of the variance has none.": (
                share.sqrt()
            ),
            "You took absolute errors: square them.": (
                error.sqrt().sum() / blank.sqrt().sum()
            ),
        },
        why="The training mean scores 1, a perfect copy 0.",
    )


@exercise("ch14-balanced", "A hit rate in which every class counts alike")
def check_balanced(answer: Answer) -> Verdict:
    """``answer(hits, labels)`` takes bool [N] and classes [N], and gives one number."""
    labels = torch.tensor([0] * 14 + [1] * 4 + [2] * 2)
    hits = torch.tensor([1] * 13 + [0] + [1, 0, 1, 0] + [0, 1]).bool()
    hits[15] = hits[17] = False
    hits[14] = False
    by_class = torch.stack([hits[labels == c].float().mean() for c in range(3)])
    weights = torch.stack([(labels == c).float().mean() for c in range(3)])
    right_in = torch.stack([hits[labels == c].float().sum() for c in range(3)])
    return compare(
        answer(hits, labels),
        by_class.mean(),
        mistakes={
            "This is the plain hit rate: the large class decides it.": (
                hits.float().mean()
            ),
            "These are the rates of the classes: average them.": by_class,
            "These rates are summed: divide by the number of classes.": by_class.sum(),
            "This is the worst class: average over all of them.": by_class.min(),
            "You weighted each class by its size, which gives the plain rate back, "
            "or its square.": (by_class * weights).mean(),
            "You counted hits in each class: divide by the images of the class.": (
                right_in.mean()
            ),
            "This is the share of misses: take it from 1.": 1 - by_class.mean(),
            "This is the median of the classes: take the mean.": by_class.median(),
        },
        why="Who always says the largest class scores one over the number of classes.",
    )
