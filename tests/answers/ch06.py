"""Answers to chapter 6's exercises."""

import numpy as np
import torch

from course_utils.exercises.ch06 import check_arc, check_both, check_direction
from course_utils.latent import slerp


def cosine(a, b):
    return torch.cosine_similarity(a, b, dim=1)[:, None]


def bow(a, b, t, angle):
    turn = torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b
    return turn / torch.sin(angle)


def arc(a, b, t):
    return bow(a, b, t, cosine(a, b).arccos())


def arc_by_numpy(a, b, t):
    a, b = np.asarray(a), np.asarray(b)
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    angle = np.arccos((a * b).sum(1) / lengths)[:, None]
    weights = np.sin((1 - t) * angle), np.sin(t * angle)
    return (weights[0] * a + weights[1] * b) / np.sin(angle)


def unit(x):
    return x / x.norm(dim=1, keepdim=True)


def direction(codes, has):
    return codes[has].mean(0) - codes[~has].mean(0)


def direction_by_lists(codes, has):
    groups = {True: [], False: []}
    for code, one in zip(codes.tolist(), has.tolist(), strict=True):
        groups[one].append(code)
    means = {one: np.mean(group, axis=0) for one, group in groups.items()}
    return [float(a - b) for a, b in zip(means[True], means[False], strict=True)]


def solve(codes, attributes, ones="last"):
    column = torch.ones(len(codes), 1)
    parts = [attributes, column] if ones == "last" else [column, attributes]
    return torch.linalg.lstsq(torch.cat(parts, dim=1).to(codes), codes).solution


def both_by_numpy(codes, attributes):
    design = np.c_[np.asarray(attributes), np.ones(len(attributes))]
    return np.linalg.lstsq(design, np.asarray(codes), rcond=None)[0][:-1]


def both_by_centring(codes, attributes):
    attributes = attributes - attributes.mean(0)
    return torch.linalg.pinv(attributes) @ (codes - codes.mean(0))


RIGHT = {
    check_arc: [
        arc,
        arc_by_numpy,
        lambda a, b, t: [
            arc(x[None], y[None], t)[0] for x, y in zip(a, b, strict=True)
        ],
    ],
    check_direction: [
        direction,
        direction_by_lists,
        lambda z, has: np.asarray(z)[has].mean(0) - np.asarray(z)[~has].mean(0),
    ],
    check_both: [
        lambda z, x: solve(z, x)[:-1],
        both_by_numpy,
        both_by_centring,
    ],
}

WRONG = {
    check_arc: {
        "the straight line": torch.lerp,
        "every code has length one": lambda a, b, t: arc(unit(a), unit(b), t),
        "the length changes evenly": lambda a, b, t: torch.stack(
            [slerp(x, y, 5)[1] for x, y in zip(a, b, strict=True)]  # t = 1/4
        ),
        "dot product for the cosine": lambda a, b, t: bow(
            a, b, t, (a * b).sum(1, keepdim=True).arccos()
        ),
        "swapped": lambda a, b, t: arc(b, a, t),
        "division by sin ω is missing": lambda a, b, t: (
            arc(a, b, t) * cosine(a, b).arccos().sin()
        ),
        "one angle for the whole batch": lambda a, b, t: bow(
            a, b, t, cosine(a.view(1, -1), b.view(1, -1)).arccos()
        ),
        "runs over the batch": lambda a, b, t: bow(
            a, b, t, torch.cosine_similarity(a, b, dim=0).arccos()
        ),
        "cosine as the angle": lambda a, b, t: bow(a, b, t, cosine(a, b)),
        "wants radians": lambda a, b, t: bow(a, b, t, cosine(a, b).arccos().rad2deg()),
    },
    check_direction: {
        "from with to without": lambda z, has: -direction(z, has),
        "a place, not a direction": lambda z, has: z[has].mean(0),
        "the mean of all codes": lambda z, has: z[has].mean(0) - z.mean(0),
        "You summed": lambda z, has: z[has].sum(0) - z[~has].sum(0),
        "one number": lambda z, has: z[has].mean() - z[~has].mean(),
        "length one": lambda z, has: direction(z, has) / direction(z, has).norm(),
    },
    check_both: {
        "column of ones is missing": lambda z, x: torch.linalg.lstsq(x, z).solution,
        "one attribute at a time": lambda z, x: torch.stack(
            [direction(z, c.bool()) for c in x.unbind(1)]
        ),
        "The last row belongs": lambda z, x: solve(z, x),
        "not always two": lambda z, x: solve(z, x)[:2],
        "The first row belongs": lambda z, x: solve(z, x, "first"),
        "cut off the wrong row": lambda z, x: solve(z, x, "first")[:-1],
        "transposed": lambda z, x: solve(z, x)[:-1].T,
    },
}
