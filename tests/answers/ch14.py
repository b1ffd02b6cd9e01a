"""Answers to chapter 14's exercises."""

import numpy as np
import torch

from course_utils.exercises.ch14 import (
    check_balanced,
    check_closeness,
    check_unexplained,
)


def usual(train):
    return torch.pdist(train).median()


def near(test, train):
    return torch.cdist(test, train).amin(1)


def closeness(test, train):
    return near(test, train) / usual(train)


def closeness_by_numpy(test, train):
    test, train = np.asarray(test), np.asarray(train)
    inside = np.linalg.norm(train[:, None] - train[None], axis=2)
    across = np.linalg.norm(test[:, None] - train[None], axis=2)
    return across.min(1) / np.median(inside[np.triu_indices(len(train), 1)])


def closeness_by_loop(test, train):
    pairs = [(a - b).norm() for i, a in enumerate(train) for b in train[:i]]
    unit = torch.stack(pairs).median()
    return [((train - x).square().sum(1).sqrt() / unit).min() for x in test]


def unexplained(images, rebuilt, mean):
    return ((images - rebuilt) ** 2).sum() / ((images - mean) ** 2).sum()


def unexplained_by_numpy(images, rebuilt, mean):
    images, rebuilt, mean = (np.asarray(x) for x in (images, rebuilt, mean))
    return np.mean((images - rebuilt) ** 2) / np.mean((images - mean) ** 2)


def unexplained_by_norm(images, rebuilt, mean):
    return ((images - rebuilt).norm() / (images - mean).norm()) ** 2


def balanced(hits, labels):
    return torch.stack(
        [hits[labels == c].float().mean() for c in labels.unique()]
    ).mean()


def balanced_by_numpy(hits, labels):
    hits, labels = np.asarray(hits, float), np.asarray(labels)
    return np.mean([hits[labels == c].mean() for c in np.unique(labels)])


def balanced_by_counts(hits, labels):
    right = torch.bincount(labels, weights=torch.as_tensor(hits).float())
    return (right / labels.bincount()).mean()


def rates(hits, labels):
    return torch.stack([hits[labels == c].float().mean() for c in labels.unique()])


RIGHT = {
    check_closeness: [closeness, closeness_by_numpy, closeness_by_loop],
    check_unexplained: [unexplained, unexplained_by_numpy, unexplained_by_norm],
    check_balanced: [balanced, balanced_by_numpy, balanced_by_counts],
}
WRONG = {
    check_closeness: {
        "These are the distances": near,
        "wrong way round": lambda a, b: usual(b) / near(a, b),
        "each *test* image": lambda a, b: torch.cdist(a, b).amin(0) / usual(b),
        "with each other": lambda a, b: (
            torch.cdist(a, a).fill_diagonal_(torch.inf).amin(1) / usual(b)
        ),
        "not the mean": lambda a, b: near(a, b) / torch.pdist(b).mean(),
        "to itself": lambda a, b: near(a, b) / torch.cdist(b, b).median(),
        "nearest other": lambda a, b: (
            near(a, b) / torch.cdist(b, b).fill_diagonal_(9e9).amin(1).median()
        ),
        "take the root": lambda a, b: closeness(a, b).square(),
        "images' own": lambda a, b: near(a, b) / torch.cdist(a, b).median(),
    },
    check_unexplained: {
        "share that *is* explained": lambda x, y, m: 1 - unexplained(x, y, m),
        "wrong way round": lambda x, y, m: 1 / unexplained(x, y, m),
        "Nothing is divided": lambda x, y, m: (x - y).square().sum(),
        "mean squared error": lambda x, y, m: (x - y).square().mean(),
        "mean of the test images": lambda x, y, m: unexplained(x, y, x.mean(0)),
        "one ratio for each image": lambda x, y, m: (
            (x - y).square().sum(1) / (x - m).square().sum(1)
        ).mean(),
        "square root": lambda x, y, m: unexplained(x, y, m).sqrt(),
        "absolute errors": lambda x, y, m: (x - y).abs().sum() / (x - m).abs().sum(),
    },
    check_balanced: {
        "plain hit rate": lambda hits, labels: hits.float().mean(),
        "rates of the classes": rates,
        "summed": lambda hits, labels: rates(hits, labels).sum(),
        "worst class": lambda hits, labels: rates(hits, labels).min(),
        "counted hits": lambda hits, labels: hits.sum() / len(labels.unique()),
        "share of misses": lambda hits, labels: 1 - rates(hits, labels).mean(),
        "median": lambda hits, labels: rates(hits, labels).median(),
    },
}
