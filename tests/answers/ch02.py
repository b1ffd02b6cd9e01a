"""Answers to chapter 2's exercises."""

import numpy as np
import torch

from course_utils.exercises.ch02 import (
    check_alarm_threshold,
    check_denoising_loss,
    check_error_per_image,
    check_overlap,
)


def error(x, r):
    return (r - x).square().sum((1, 2))


def error_in_place(x, r):
    r -= x
    r *= r
    return r.flatten(1).sum(1)


def cosines(a, b):
    return torch.linalg.svdvals(torch.linalg.qr(a).Q.T @ torch.linalg.qr(b).Q)


def overlap(a, b):
    return cosines(a, b).square().mean()


def overlap_by_numpy(a, b):
    a, b = (np.linalg.svd(np.asarray(x), full_matrices=False)[0] for x in (a, b))
    return np.linalg.norm(a.T @ b) ** 2 / a.shape[1]


def overlap_by_projection(a, b):
    onto_a, onto_b = a @ torch.linalg.pinv(a), b @ torch.linalg.pinv(b)
    return (onto_a * onto_b).sum() / a.shape[1]


def unit(a):
    return a / a.norm(dim=0)


def denoising(model, noisy, clean):
    return (clean - model(noisy)).square().sum() / len(clean)


def denoising_by_numpy(model, noisy, clean):
    difference = np.asarray(model(noisy)) - np.asarray(clean)
    return (difference**2).reshape(len(difference), -1).sum(1).mean()


def threshold(scores, rate):
    return scores.quantile(1 - rate)


def threshold_by_counting(scores, rate):
    return float(scores.sort().values[int((1 - rate) * len(scores))])


RIGHT = {
    check_error_per_image: [
        error,
        error_in_place,
        lambda x, r: [float(((a - b) ** 2).sum()) for a, b in zip(x, r, strict=True)],
    ],
    check_overlap: [overlap, overlap_by_numpy, overlap_by_projection],
    check_denoising_loss: [
        denoising,
        denoising_by_numpy,
        lambda m, n, c: error(m(n), c).mean(),
    ],
    check_alarm_threshold: [
        threshold,
        threshold_by_counting,
        lambda scores, rate: np.quantile(np.asarray(scores), 1 - rate),
    ],
}

WRONG = {
    check_error_per_image: {
        "784 times": lambda x, r: error(x, r) / 784,
        "too early": lambda x, r: error(x, r).mean(),
        "over the images as": lambda x, r: error(x, r).sum(),
        "dimension 0": lambda x, r: (r - x).square().sum(0),
        "forgot the square": lambda x, r: (r - x).sum((1, 2)),
        "other way round": lambda x, r: (x - r).sum((1, 2)),
        "absolute": lambda x, r: (r - x).abs().sum((1, 2)),
        "root": lambda x, r: error(x, r).sqrt(),
        "one dimension": lambda x, r: (r - x).square().sum(2),
        "3 times the right one": lambda x, r: 3 * error(x, r),
    },
    check_overlap: {
        "compared the weights": lambda a, b: (
            torch.cosine_similarity(a, b, dim=0).square().mean()
        ),
        "length one": lambda a, b: (
            torch.linalg.svdvals(unit(a).T @ unit(b)).square().mean()
        ),
        "did not orthogonalise": lambda a, b: (
            torch.linalg.svdvals(a.T @ b).square().mean()
        ),
        "summed": lambda a, b: cosines(a, b).square().sum(),
        "forgot to square": lambda a, b: cosines(a, b).mean(),
        "largest": lambda a, b: cosines(a, b).max(),
        "smallest": lambda a, b: cosines(a, b).min(),
        "long columns of the second": lambda a, b: (
            (torch.linalg.qr(a).Q.T @ b).square().sum() / b.square().sum()
        ),
        "only brought the columns of the second": lambda a, b: (
            (torch.linalg.qr(a).Q.T @ unit(b)).square().sum() / a.shape[1]
        ),
    },
    check_denoising_loss: {
        "rebuild the noise": lambda m, n, c: denoising(m, n, n),
        "nothing to clean": lambda m, n, c: denoising(m, c, c),
        "swapped": lambda m, n, c: denoising(m, c, n),
        "never used": lambda m, n, c: denoising(abs, n, c),
        "784 times": lambda m, n, c: (m(n) - c).square().mean(),
        "over the batch": lambda m, n, c: error(m(n), c).sum(),
    },
    check_alarm_threshold: {
        "wrong tail": lambda s, rate: s.quantile(rate),
        "two tails": lambda s, rate: s.quantile(1 - rate / 2),
        "1.645": lambda s, rate: s.mean() + 1.645 * s.std(),
        "2 deviations": lambda s, rate: s.mean() + 2 * s.std(),
        "3 deviations": lambda s, rate: s.mean() + 3 * s.std(),
        "largest normal score": lambda s, rate: s.max(),
        "counts images": lambda s, rate: (1 - rate) * s.max(),
        "one number": lambda s, rate: s[s > threshold(s, rate)],
        "does not change": lambda s, rate: s.quantile(0.95),
    },
}
