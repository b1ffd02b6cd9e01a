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

WRONG = [
    (check_error_per_image, lambda x, r: error(x, r) / 784, "784 times"),
    (check_error_per_image, lambda x, r: error(x, r).mean(), "too early"),
    (check_error_per_image, lambda x, r: error(x, r).sum(), "over the images as"),
    (check_error_per_image, lambda x, r: (r - x).square().sum(0), "dimension 0"),
    (check_error_per_image, lambda x, r: (r - x).sum((1, 2)), "forgot the square"),
    (check_error_per_image, lambda x, r: (x - r).sum((1, 2)), "other way round"),
    (check_error_per_image, lambda x, r: (r - x).abs().sum((1, 2)), "absolute"),
    (check_error_per_image, lambda x, r: error(x, r).sqrt(), "root"),
    (check_error_per_image, lambda x, r: (r - x).square().sum(2), "one dimension"),
    (check_error_per_image, lambda x, r: 3 * error(x, r), "3 times the right one"),
    (
        check_overlap,
        lambda a, b: torch.cosine_similarity(a, b, dim=0).square().mean(),
        "compared the weights",
    ),
    (
        check_overlap,
        lambda a, b: torch.linalg.svdvals(unit(a).T @ unit(b)).square().mean(),
        "length one",
    ),
    (
        check_overlap,
        lambda a, b: torch.linalg.svdvals(a.T @ b).square().mean(),
        "did not orthogonalise",
    ),
    (check_overlap, lambda a, b: cosines(a, b).square().sum(), "summed"),
    (check_overlap, lambda a, b: cosines(a, b).mean(), "forgot to square"),
    (check_overlap, lambda a, b: cosines(a, b).max(), "largest"),
    (check_overlap, lambda a, b: cosines(a, b).min(), "smallest"),
    (
        check_overlap,
        lambda a, b: (torch.linalg.qr(a).Q.T @ b).square().sum() / b.square().sum(),
        "long columns of the second",
    ),
    (
        check_overlap,
        lambda a, b: (torch.linalg.qr(a).Q.T @ unit(b)).square().sum() / a.shape[1],
        "only brought the columns of the second",
    ),
    (
        check_denoising_loss,
        lambda m, n, c: denoising(m, n, n),
        "rebuild the noise",
    ),
    (check_denoising_loss, lambda m, n, c: denoising(m, c, c), "nothing to clean"),
    (check_denoising_loss, lambda m, n, c: denoising(m, c, n), "swapped"),
    (check_denoising_loss, lambda m, n, c: denoising(abs, n, c), "never used"),
    (check_denoising_loss, lambda m, n, c: (m(n) - c).square().mean(), "784 times"),
    (check_denoising_loss, lambda m, n, c: error(m(n), c).sum(), "over the batch"),
    (check_alarm_threshold, lambda s, rate: s.quantile(rate), "wrong tail"),
    (check_alarm_threshold, lambda s, rate: s.quantile(1 - rate / 2), "two tails"),
    (check_alarm_threshold, lambda s, rate: s.mean() + 1.645 * s.std(), "1.645"),
    (check_alarm_threshold, lambda s, rate: s.mean() + 2 * s.std(), "2 deviations"),
    (check_alarm_threshold, lambda s, rate: s.mean() + 3 * s.std(), "3 deviations"),
    (check_alarm_threshold, lambda s, rate: s.max(), "largest normal score"),
    (check_alarm_threshold, lambda s, rate: (1 - rate) * s.max(), "counts images"),
    (check_alarm_threshold, lambda s, rate: s[s > threshold(s, rate)], "one number"),
    (check_alarm_threshold, lambda s, rate: s.quantile(0.95), "does not change"),
]
