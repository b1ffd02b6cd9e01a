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

WRONG = [
    (
        check_reconstruct,
        lambda x, m, c, d: reconstruct(x, m, c, d) - m,
        "forgot to add the mean",
    ),
    (
        check_reconstruct,
        lambda x, m, c, d: m + reconstruct(x, 0, c, d),
        "forgot to take the mean off",
    ),
    (check_reconstruct, lambda x, m, c, d: reconstruct(x, 0, c, d), "missing twice"),
    (
        check_reconstruct,
        lambda x, m, c, d: reconstruct(x, x.mean(0), c, d),
        "the mean of these images",
    ),
    (
        check_reconstruct,
        lambda x, m, c, d: reconstruct(x, m, c.T, d),
        "rows for columns",
    ),
    (check_reconstruct, lambda x, m, c, d: reconstruct(x, m, c, 5), "all components"),
    (
        check_reconstruct,
        lambda x, m, c, d: reconstruct(x, m, c.flip(1), d),
        "last d components",
    ),
    (
        check_reconstruct,
        lambda x, m, c, d: (x - m) @ c[:, :d],
        "These are the codes",
    ),
    (check_nearest, unmasked, "found itself first, at distance zero"),
    (check_nearest, lambda p, k: unmasked(p, k + 1), "drop the first column"),
    (check_nearest, lambda p, k: unmasked(p, k + 1)[:, 1:], "two points coincide"),
    (check_nearest, without_zeros, "you left out both"),
    (
        check_nearest,
        lambda p, k: torch.cdist(p, p).topk(k).indices,
        "farthest points: `topk`",
    ),
    (
        check_nearest,
        lambda p, k: torch.cdist(p, p).argsort(1)[:, -k:],
        "farthest points, nearest of them last",
    ),
    (check_nearest, lambda p, k: nearest(p, k).flip(1), "order is wrong"),
    (
        check_nearest,
        lambda p, k: torch.cdist(p, p).sort(1).values[:, 1 : k + 1],
        "These are distances",
    ),
    (
        check_nearest,
        lambda p, k: (p @ p.T).fill_diagonal_(-1e9).topk(k).indices,
        "inner product",
    ),
    (check_nearest, lambda p, k: torch.cdist(p, p) < 1, "True or False"),
    (check_nearest, lambda p, k: torch.cdist(p, p).topk(k), "take one, `.values` or"),
    (check_nearest, lambda p, k: nearest(p, 2), "changes its shape with k"),
    (
        check_analogy,
        lambda v, a, b, c: cosines(v, a, b, c).argmax(),
        "a word of the question itself",
    ),
    *(
        (
            check_analogy,
            lambda v, a, b, c, some=some: (
                cosines(v, a, b, c, [{"a": a, "b": b, "c": c}[x] for x in some])
            ).argmax(),
            f"You left out {' and '.join(some)} only",
        )
        for some in ("a", "c", "ab", "ac", "bc")
    ),
    (
        check_analogy,
        lambda v, a, b, c: cosines(v, a, b, c).topk(2).indices[1],
        "whichever word was best",
    ),
    (check_analogy, lambda v, a, b, c: analogy(v, b, a, c), "b − a + c"),
    (check_analogy, lambda v, a, b, c: analogy(v, a, c, b), "a + b − c"),
    (
        check_analogy,
        lambda v, a, b, c: nearest_to_one(v, c, [a, b, c]),
        "nearest to c alone",
    ),
    (
        check_analogy,
        lambda v, a, b, c: nearest_to_one(v, a, [a, b, c]),
        "nearest to a alone",
    ),
    (
        check_analogy,
        lambda v, a, b, c: cosines(v, a, b, c).argmin(),
        "least like the target",
    ),
    (check_analogy, cosines, "Return one index"),
]
