"""Checks of chapter 14: near-copies, what is left unexplained, classes that count."""

import torch

from .core import Answer, Verdict, draws, exercise
from .diagnosis import compare


@exercise("ch14-near-copies", "Test images that are nearly in training")
def check_near_copies(answer: Answer) -> Verdict:
    """``answer(test, train)`` takes [M, D] and [N, D] and gives bool [M]."""
    train = draws(20, 6, seed=1)
    test = torch.cat([train[:3] + 0.02 * draws(3, 6, seed=2), draws(9, 6, seed=3)])
    test[5] = test[6] + 0.01  # near each other, but not in training
    test[8] = train[9] + 0.3  # a little nearer than usual
    across = torch.cdist(test, train)
    inside = torch.cdist(train, train)
    usual = inside.fill_diagonal_(torch.inf).amin(1).median()
    near = across.amin(1)
    right = near < usual / 3
    backwards = across.amin(0) < usual / 3
    among = torch.cdist(test, test).fill_diagonal_(torch.inf).amin(1) < usual / 3
    return compare(
        answer(test, train),
        right,
        mistakes={
            "This is the other way round: these are the images that are no copies.": (
                ~right
            ),
            "You compared with the usual distance itself: a third of it is asked "
            "for.": near < usual,
            "There is one answer for each *test* image: take the smallest distance "
            "over the training images, dim 1.": backwards,
            "You compared the test images with each other: copies of *training* "
            "images are asked for.": among,
            "Each training image is its own nearest: leave the diagonal out, or the "
            "usual distance is 0.": near < 0,
            "These are the distances: compare them with a third of the usual one.": (
                near
            ),
            "This counts the copies: say of each test image whether it is one.": (
                right.sum()
            ),
            "This is the share of copies: say of each test image whether it is one.": (
                right.float().mean()
            ),
        },
        why="What is nearly in training tests the memory, not the model.",
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
