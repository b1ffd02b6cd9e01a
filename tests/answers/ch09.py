"""Answers to chapter 9's exercises."""

from itertools import groupby

import numpy as np
import torch
from torch.nn import functional as F

from course_utils.exercises.ch09 import check_energy, check_events, check_gaussian


def nats(logits, x):
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none")


def energy(logits, x, seen, z):
    return nats(logits, x)[:, seen].sum(1) + z.square().sum(1) / 2


def energy_by_hand(logits, x, seen, z):
    p = torch.sigmoid(logits)
    miss = -(x * p.log() + (1 - x) * (1 - p).log())
    return (miss * seen).sum(1) + 0.5 * (z**2).sum(1)


def energy_by_numpy(logits, x, seen, z):
    logits, x, seen, z = map(np.asarray, (logits, x, seen, z))
    miss = np.logaddexp(0, logits) - x * logits
    return np.where(seen, miss, 0).sum(1) + np.square(z).sum(1) / 2


def surprise(C, A, gap, noise):
    S = A @ C @ A.T + noise * torch.eye(len(A))
    return C @ A.T @ torch.linalg.solve(S, gap)


def gaussian(mu, C, A, y, noise):
    return mu + surprise(C, A, y - A @ mu, noise)


def gaussian_by_numpy(mu, C, A, y, noise):
    mu, C, A, y = (np.asarray(part, dtype=float) for part in (mu, C, A, y))
    gain = C @ A.T @ np.linalg.inv(A @ C @ A.T + noise * np.eye(len(y)))
    return mu + gain @ (y - A @ mu)


def gaussian_by_precision(mu, C, A, y, noise):
    precision = torch.linalg.inv(C) + A.T @ A / noise
    return torch.linalg.solve(precision, torch.linalg.solve(C, mu) + A.T @ y / noise)


def starts(flags):
    edge = torch.cat([torch.zeros(1, dtype=torch.bool), flags])
    return (edge[1:] & ~edge[:-1]).long()


def events(rings, fault):
    number = starts(fault).cumsum(0) * fault
    hit = number[rings & fault].unique()
    return len(hit) / number.max()


def events_by_loops(rings, fault):
    at, found = 0, []
    for faulty, steps in groupby(fault.tolist()):
        long = len(list(steps))
        if faulty:
            found.append(bool(rings[at : at + long].any()))
        at += long
    return sum(found) / len(found)


def events_by_numpy(rings, fault):
    rings, fault = np.asarray(rings), np.asarray(fault)
    edges = np.flatnonzero(np.diff(np.r_[0, fault.astype(int), 0]))
    hit = [rings[a:b].any() for a, b in edges.reshape(-1, 2)]
    return float(np.mean(hit))


def adjusted(rings, fault):
    number = starts(fault).cumsum(0) * fault
    hit = number[rings & fault].unique()
    return torch.isin(number[fault], hit).float().mean()


def without_the_last(rings, fault):
    """Faults as pairs of a start and an end inside the record."""
    step = fault.int().diff()
    begin = (step > 0).nonzero()[:, 0] + 1
    end = (step < 0).nonzero()[:, 0] + 1
    pairs = list(zip(begin.tolist(), end.tolist(), strict=False))
    return sum(bool(rings[a:b].any()) for a, b in pairs) / len(pairs)


RIGHT = {
    check_energy: [energy, energy_by_hand, energy_by_numpy],
    check_gaussian: [gaussian, gaussian_by_numpy, gaussian_by_precision],
    check_events: [events, events_by_loops, events_by_numpy],
}

WRONG = {
    check_energy: {
        "The prior is missing": lambda o, x, s, z: nats(o, x)[:, s].sum(1),
        "forgot the ½": lambda o, x, s, z: nats(o, x)[:, s].sum(1) + z.square().sum(1),
        "counted all pixels": lambda o, x, s, z: energy(o, x, s | True, z),
        "black into the gap": lambda o, x, s, z: energy(o, x * s, s | True, z),
        "the hidden pixels instead": lambda o, x, s, z: energy(o, x, ~s, z),
        "averaged over pixels": lambda o, x, s, z: (
            nats(o, x)[:, s].mean(1) + z.square().sum(1) / 2
        ),
        "added up the images": lambda o, x, s, z: energy(o, x, s, z).sum(),
        "averaged over the images": lambda o, x, s, z: energy(o, x, s, z).mean(),
        "signs are turned round": lambda o, x, s, z: -energy(o, x, s, z),
        "wrong sign": lambda o, x, s, z: energy(o, x, s, z) - z.square().sum(1),
        "squared error": lambda o, x, s, z: (
            (o.sigmoid() - x).square()[:, s].sum(1) + z.square().sum(1) / 2
        ),
    },
    check_gaussian: {
        "ignores y": lambda mu, C, A, y, noise: mu,
        "you took y itself": lambda mu, C, A, y, noise: mu + surprise(C, A, y, noise),
        "add μ": lambda mu, C, A, y, noise: surprise(C, A, y - A @ mu, noise),
        "the wrong way": lambda mu, C, A, y, noise: gaussian(
            mu, C, A, 2 * A @ mu - y, noise
        ),
        "noise is missing": lambda mu, C, A, y, noise: gaussian(mu, C, A, y, 0.0),
        "do not square": lambda mu, C, A, y, noise: gaussian(mu, C, A, y, noise**2),
        "forgot the covariance": lambda mu, C, A, y, noise: (
            mu + torch.linalg.solve(C, surprise(C, A, y - A @ mu, noise))
        ),
        "identity for C": lambda mu, C, A, y, noise: gaussian(
            mu, torch.eye(len(mu)), A, y, noise
        ),
        "its inverse belongs": lambda mu, C, A, y, noise: (
            mu + C @ A.T @ (A @ C @ A.T + noise * torch.eye(len(y))) @ (y - A @ mu)
        ),
    },
    check_events: {
        "share of faulty minutes": lambda rings, fault: rings[fault].float().mean(),
        "point adjustment": adjusted,
        "the precision": lambda rings, fault: fault[rings].float().mean(),
        "divide by how many": lambda rings, fault: (
            events(rings, fault) * starts(fault).sum()
        ),
        "were missed": lambda rings, fault: 1 - events(rings, fault),
        "is found once": lambda rings, fault: (
            (rings & fault).sum() / starts(fault).sum()
        ),
        "one minute is enough": lambda rings, fault: 0.0,
        "number of alarms": lambda rings, fault: (
            events(rings, fault) * starts(fault).sum() / starts(rings).sum()
        ),
        "you lost it": without_the_last,
    },
}
