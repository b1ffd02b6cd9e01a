"""Answers to chapter 1's exercises."""

import numpy as np
import torch

from course_utils.exercises.ch01 import check_analogy, check_nearest, check_reconstruct


def reconstruct(x, mean, components, d):
    first = components[:, :d]
    return mean + (x - mean) @ first @ first.T


def reconstruct_by_loop(x, mean, components, d):
    images = mean.repeat(len(x), 1)
    for component in components.T[:d]:
        images += ((x - mean) @ component)[:, None] * component
    return images


def reconstruct_in_place(x, mean, components, d):
    x -= mean
    components[:, d:] = 0
    return (x @ components @ components.T).add_(mean)


def nearest(points, k):
    distances = torch.cdist(points, points).fill_diagonal_(torch.inf)
    return distances.topk(k, largest=False).indices


def nearest_by_numpy(points, k):
    points = np.asarray(points)
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    return distances.argsort(1)[:, :k]


def nearest_by_lists(points, k):
    found = []
    for i, point in enumerate(points):
        others = [j for j in range(len(points)) if j != i]
        found.append(sorted(others, key=lambda j: (points[j] - point).norm())[:k])
    return found


def unmasked(points, k):
    return torch.cdist(points, points).topk(k, largest=False).indices


def without_zeros(points, k):
    distances = torch.cdist(points, points)
    distances[distances == 0] = torch.inf
    return distances.topk(k, largest=False).indices


def cosines(vectors, a, b, c, left_out=()):
    found = vectors @ (vectors[a] - vectors[b] + vectors[c])
    found[list(left_out)] = -1
    return found


def analogy(vectors, a, b, c):
    return cosines(vectors, a, b, c, [a, b, c]).argmax()


def analogy_by_numpy(vectors, a, b, c):
    vectors = np.asarray(vectors)
    order = np.argsort(vectors @ (vectors[a] - vectors[b] + vectors[c]))[::-1]
    return next(int(i) for i in order if i not in (a, b, c))


def analogy_by_loop(vectors, a, b, c):
    target, best, found = vectors[a] - vectors[b] + vectors[c], -9, None
    for i, vector in enumerate(vectors):
        cosine = torch.cosine_similarity(vector, target, dim=0)
        if i not in (a, b, c) and cosine > best:
            best, found = cosine, i
    return found


def nearest_to_one(vectors, word, left_out):
    return (vectors @ vectors[word]).index_fill(0, torch.tensor(left_out), -1).argmax()


RIGHT = {
    check_reconstruct: [reconstruct, reconstruct_by_loop, reconstruct_in_place],
    check_nearest: [nearest, nearest_by_numpy, nearest_by_lists],
    check_analogy: [analogy, analogy_by_numpy, analogy_by_loop],
}

WRONG = {
    check_reconstruct: {
        "forgot to add the mean": lambda x, m, c, d: reconstruct(x, m, c, d) - m,
        "forgot to take the mean off": lambda x, m, c, d: m + reconstruct(x, 0, c, d),
        "missing twice": lambda x, m, c, d: reconstruct(x, 0, c, d),
        "the mean of these images": lambda x, m, c, d: reconstruct(x, x.mean(0), c, d),
        "rows for columns": lambda x, m, c, d: reconstruct(x, m, c.T, d),
        "all components": lambda x, m, c, d: reconstruct(x, m, c, 5),
        "last d components": lambda x, m, c, d: reconstruct(x, m, c.flip(1), d),
        "These are the codes": lambda x, m, c, d: (x - m) @ c[:, :d],
    },
    check_nearest: {
        "found itself first, at distance zero": unmasked,
        "drop the first column": lambda p, k: unmasked(p, k + 1),
        "two points coincide": lambda p, k: unmasked(p, k + 1)[:, 1:],
        "you left out both": without_zeros,
        "farthest points: `topk`": lambda p, k: torch.cdist(p, p).topk(k).indices,
        "farthest points, nearest of them last": lambda p, k: torch.cdist(p, p).argsort(
            1
        )[:, -k:],
        "order is wrong": lambda p, k: nearest(p, k).flip(1),
        "These are distances": lambda p, k: (
            torch.cdist(p, p).sort(1).values[:, 1 : k + 1]
        ),
        "inner product": lambda p, k: (p @ p.T).fill_diagonal_(-1e9).topk(k).indices,
        "True or False": lambda p, k: torch.cdist(p, p) < 1,
        "take one, `.values` or": lambda p, k: torch.cdist(p, p).topk(k),
        "changes its shape with k": lambda p, k: nearest(p, 2),
    },
    check_analogy: {
        "a word of the question itself": lambda v, a, b, c: cosines(
            v, a, b, c
        ).argmax(),
        **{
            f"You left out {' and '.join(some)} only": lambda v, a, b, c, some=some: (
                cosines(v, a, b, c, [{"a": a, "b": b, "c": c}[x] for x in some])
            ).argmax()
            for some in ("a", "c", "ab", "ac", "bc")
        },
        "whichever word was best": lambda v, a, b, c: (
            cosines(v, a, b, c).topk(2).indices[1]
        ),
        "b − a + c": lambda v, a, b, c: analogy(v, b, a, c),
        "a + b − c": lambda v, a, b, c: analogy(v, a, c, b),
        "nearest to c alone": lambda v, a, b, c: nearest_to_one(v, c, [a, b, c]),
        "nearest to a alone": lambda v, a, b, c: nearest_to_one(v, a, [a, b, c]),
        "least like the target": lambda v, a, b, c: cosines(v, a, b, c).argmin(),
        "Return one index": cosines,
    },
}
