"""Checks of chapter 2, *Autoencoders*: each names the mistake it recognises."""

import torch
from torch import Tensor

from .core import Answer, Verdict, draws, exercise
from .diagnosis import compare


@exercise("ch2-error", "How far off is each image?")
def check_error_per_image(answer: Answer) -> Verdict:
    """Squared error summed over pixels, for images [N, 28, 28]: [N]."""
    images, rebuilt = draws(2, 5, 28, 28, seed=0).sigmoid()
    difference = rebuilt - images
    right = difference.square().sum((1, 2))
    return compare(
        answer(images, rebuilt),
        right,
        mistakes={
            "You averaged over the pixels: your numbers are 784 times too small. "
            "The course sums over pixels.": right / 784,
            "You averaged over the images too early: keep one number per image.": (
                right.mean()
            ),
            "You summed over the images as well: sum over dimensions 1 and 2 "
            "only.": right.sum(),
            "You summed over the images, dimension 0, and kept the pixels: sum over "
            "dimensions 1 and 2.": difference.square().sum(0),
            "You forgot the square: errors of opposite sign cancel out.": (
                difference.sum((1, 2))
            ),
            "You forgot the square, with the difference the other way round.": (
                -difference.sum((1, 2))
            ),
            "You took the absolute error: square the differences.": (
                difference.abs().sum((1, 2))
            ),
            "You took the root: that is a distance. Leave the squares as they are.": (
                right.sqrt()
            ),
            "You summed over one dimension of the image only: sum over both.": (
                difference.square().sum(2)
            ),
        },
        why="One number per image, in nats. Its mean is the loss.",
    )


@exercise("ch2-subspace", "Do two models span the same space?")
def check_overlap(answer: Answer) -> Verdict:
    """Mean squared cosine of the principal angles between two column spaces."""
    first = draws(784, 4, seed=0)
    mixed = first @ draws(4, 4, seed=1)
    same = compare(
        answer(first, mixed),
        torch.tensor(1.0),
        mistakes={
            "You compared the weights themselves. These two matrices span the same "
            "space with other axes, so their overlap is 1: orthogonalise the columns "
            "first, with `torch.linalg.qr`.": _matching_columns(first, mixed),
            "You only brought the columns to length one. They must also be "
            "orthogonal: use `torch.linalg.qr`.": _normalised_only(first, mixed),
            "You did not orthogonalise the columns: use `torch.linalg.qr`.": (
                torch.linalg.svdvals(first.T @ mixed).square().mean()
            ),
            "You summed the squared cosines: take their mean.": torch.tensor(4.0),
        },
        tolerance=1e-3,
    )
    if same.state != "right":
        return same
    # some directions in common, others hardly, and columns that are long and oblique
    shared, lengths = torch.tensor([[4.0, 2.0, 1.0, 0.5], [1.0, 3.0, 10.0, 30.0]])
    other = (shared * first + draws(784, 4, seed=2)) @ draws(4, 4, seed=3) * lengths
    cosines = _cosines(first, other)
    basis = torch.linalg.qr(first).Q
    half_way = (basis.T @ other).square()
    return compare(
        answer(first, other),
        cosines.square().mean(),
        mistakes={
            "You forgot to square the cosines.": cosines.mean(),
            "You returned the largest cosine: one common direction does not make a "
            "common space.": cosines.max(),
            "You returned the smallest cosine: take the mean of the squares.": (
                cosines.min()
            ),
            "You orthogonalised the first matrix only, so long columns of the second "
            "count for more: use `torch.linalg.qr` on both.": (
                half_way.sum() / other.square().sum()
            ),
            "You orthogonalised the first matrix, and only brought the columns of the "
            "second to length one: use `torch.linalg.qr` on both.": (
                (half_way.sum(0) / other.square().sum(0)).mean()
            ),
        },
        tolerance=1e-3,
        why="It does not change when the columns are mixed, stretched or reordered: "
        "it compares spaces, not axes.",
    )


@exercise("ch2-denoising", "The denoising loss")
def check_denoising_loss(answer: Answer) -> Verdict:
    """Squared error to the clean image of what the model makes of the noisy one."""
    clean = draws(6, 28, 28, seed=0).sigmoid()
    noisy = (clean + 0.5 * draws(6, 28, 28, seed=1)).clamp(0, 1)

    def model(images: Tensor) -> Tensor:
        return 0.7 * images + 0.1

    def loss(image: Tensor, target: Tensor) -> Tensor:
        return (model(image) - target).square().sum() / len(clean)

    right = loss(noisy, clean)
    return compare(
        answer(model, noisy, clean),
        right,
        mistakes={
            "Your target is the noisy image: the network would learn to rebuild the "
            "noise. Compare with the clean one.": loss(noisy, noisy),
            "You put the clean image in: then there is nothing to clean. The noisy one "
            "goes in.": loss(clean, clean),
            "You swapped the two: noisy goes in, clean is the target.": (
                loss(clean, noisy)
            ),
            "You never used the model.": (noisy - clean).square().sum() / len(clean),
            "You averaged over the pixels: 784 times too small.": right / 784,
            "You summed over the batch: divide by the number of images.": right * 6,
        },
        why="The input is damaged, the target is not: copying no longer helps.",
    )


@exercise("ch2-threshold", "When does the alarm ring?")
def check_alarm_threshold(answer: Answer) -> Verdict:
    """The score that only a share ``rate`` of the normal images exceeds."""
    scores = (2 + draws(2000, seed=0)).exp()  # skewed, as errors are
    mean, spread = scores.mean(), scores.std()
    first = compare(
        answer(scores, 0.05),
        scores.quantile(0.95),
        mistakes={
            "That is the wrong tail: 95 % of the normal images would ring. Large "
            "errors are suspicious, so take the quantile 1 − rate.": (
                scores.quantile(0.05)
            ),
            "You shared the rate between two tails. Only large errors ring: all of it "
            "belongs to the upper tail.": scores.quantile(0.975),
            "Mean + 1.645 deviations holds for a normal distribution. Errors are "
            "skewed: count instead, with a quantile.": mean + 1.645 * spread,
            "Mean + 2 deviations holds for a normal distribution. Errors are skewed: "
            "count instead, with a quantile.": mean + 2 * spread,
            "Mean + 3 deviations never asks for the rate: use a quantile.": (
                mean + 3 * spread
            ),
            "Above the largest normal score nothing rings: no false alarms, but few "
            "hits either.": scores.max(),
            "You took a share of the largest score. The rate counts images: use a "
            "quantile.": 0.95 * scores.max(),
            "You returned the false alarms themselves: one number is asked for, the "
            "threshold.": scores[scores > scores.quantile(0.95)],
        },
        tolerance=5e-3,
    )
    if first.state != "right":
        return first
    return compare(
        answer(scores, 0.2),
        scores.quantile(0.8),
        mistakes={
            "Your threshold is right for a rate of 0.05 and does not change with the "
            "rate.": scores.quantile(0.95),
        },
        tolerance=5e-3,
        why="Chosen on normal images alone, before any anomaly was seen.",
    )


def _cosines(a: Tensor, b: Tensor) -> Tensor:
    """Cosines of the principal angles between the column spaces, largest first."""
    return torch.linalg.svdvals(torch.linalg.qr(a).Q.T @ torch.linalg.qr(b).Q)


def _matching_columns(a: Tensor, b: Tensor) -> Tensor:
    """Mean squared cosine of column k with column k."""
    return torch.cosine_similarity(a, b, dim=0).square().mean()


def _normalised_only(a: Tensor, b: Tensor) -> Tensor:
    a, b = a / a.norm(dim=0), b / b.norm(dim=0)
    return torch.linalg.svdvals(a.T @ b).square().mean()
