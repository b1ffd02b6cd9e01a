"""Checks of chapter 1: reconstruct from a code, find neighbours, solve an analogy."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..show.output import as_array
from .core import Verdict, exercise, wrong
from .diagnosis import compare


@exercise("ch1-reconstruct", "Reconstruct images from d numbers each")
def check_reconstruct(answer: Any) -> Verdict:
    """Check ``answer(x, mean, components, d)``: [N, D] → [N, D]."""
    generator = torch.Generator().manual_seed(0)
    x = 1 + torch.randn(6, 5, generator=generator)
    mean = x.mean(0)
    components, d = torch.linalg.qr(torch.randn(5, 5, generator=generator))[0], 2
    first, rows, last = components[:, :d], components[:d].T, components[:, -d:]
    centred = x - mean
    return compare(
        answer(x, mean, components, d),
        mean + centred @ first @ first.T,
        mistakes={
            "You forgot to add the mean at the end: the decoder has to put it back.": (
                centred @ first @ first.T
            ),
            "You forgot to take the mean off before encoding: components describe how "
            "images differ from the mean image.": mean + x @ first @ first.T,
            "The mean is missing twice: take it off before encoding, and add it after "
            "decoding.": x @ first @ first.T,
            "You took rows for columns: each component is a column, so take the first "
            "d columns, components[:, :d].": mean + centred @ rows @ rows.T,
            "You used all components, so nothing was left out: keep the first d.": x,
            "You kept the last d components, along which images vary least: keep the "
            "first d.": mean + centred @ last @ last.T,
            "These are the codes. Decode them: multiply by the components once more, "
            "transposed, and add the mean.": centred @ first,
        },
        why="Down to d numbers, and back to an image.",
    )


@exercise("ch1-nearest", "The k nearest others of each point")
def check_nearest(answer: Any) -> Verdict:
    """Check ``answer(points, k)``: [N, D] → indices [N, k], nearest first."""
    points = torch.randn(7, 3, generator=torch.Generator().manual_seed(5))
    points = 2 + points * torch.tensor([[1.0], [2], [1], [3], [1], [2], [1]])
    k, n = 2, len(points)
    distances = torch.cdist(points, points)
    order = distances.argsort(1)
    others = distances.masked_fill(torch.eye(n, dtype=torch.bool), torch.inf)
    found = answer(points, k)
    if as_array(found).dtype.kind == "b":
        return wrong("Your result is True or False: return indices, as `topk` gives.")
    return compare(
        found,
        order[:, 1 : k + 1],
        mistakes={
            "Each point found itself first, at distance zero: leave it out.": (
                order[:, :k]
            ),
            "Each point is the first of its own neighbours: drop the first column.": (
                order[:, : k + 1]
            ),
            "These are the farthest points: `topk` takes the largest values unless you "
            "say largest=False.": distances.topk(k).indices,
            "These are the farthest points, nearest of them last: `argsort` starts "
            "with the smallest distance, so take columns from the front.": order[
                :, -k:
            ],
            "You left the point itself out, but the order is wrong: the nearest comes "
            "first.": order[:, 1 : k + 1].flip(1),
            "These are distances. Return where they are found: indices.": (
                others.topk(k, largest=False).values
            ),
            "You ranked by inner product, which favours long vectors: use distances.": (
                (points @ points.T).fill_diagonal_(-torch.inf).topk(k).indices
            ),
        },
        tolerance=1e-3,
        why="A point is never its own neighbour, or every score would be perfect.",
    )


@exercise("ch1-analogy", "The word that completes an analogy")
def check_analogy(answer: Any) -> Verdict:
    """Check ``answer(vectors, a, b, c)``: unit vectors [V, D] and indices → index."""
    vectors = _word_vectors()
    triples = [(0, 1, 2), (2, 3, 0), (4, 5, 6), (6, 7, 4)]
    given = [as_array(answer(vectors, *triple)) for triple in triples]
    if any(g.size != 1 for g in given):
        return wrong(
            "Return one index for one analogy: where the cosine is largest, `argmax`."
        )

    def solve(a_sign: int, b_sign: int, c_sign: int, leave_out: bool = True) -> Tensor:
        found = []
        for a, b, c in triples:
            target = a_sign * vectors[a] + b_sign * vectors[b] + c_sign * vectors[c]
            cosines = vectors @ target
            if leave_out:
                cosines[[a, b, c]] = -torch.inf
            found.append(cosines.argmax())
        return torch.stack(found)

    return compare(
        np.array([g.item() for g in given]),
        solve(1, -1, 1),
        mistakes={
            "You found a word of the question itself. It is nearly always nearest: "
            "leave a, b and c out.": solve(1, -1, 1, leave_out=False),
            "The signs are wrong: that is b − a + c. From a take b, then add c.": (
                solve(-1, 1, 1)
            ),
            "The signs are wrong: that is a + b − c. From a take b, then add c.": (
                solve(1, 1, -1)
            ),
            "That is the word nearest to c alone: the control, not the analogy.": (
                solve(0, 0, 1)
            ),
            "That is the word least like the target: take the largest cosine.": (
                _least_alike(vectors, triples)
            ),
        },
        tolerance=1e-3,
        why="Had you left the question's words in, the answer would be one of them.",
    )


def _word_vectors() -> Tensor:
    """Two families of pairs, each pair apart in a common direction, and other words."""
    generator = torch.Generator().manual_seed(3)
    base = torch.randn(4, 8, generator=generator)
    shift = 0.5 * torch.randn(2, 8, generator=generator)
    pairs = [v for i in range(4) for v in (base[i] + shift[i // 2], base[i])]
    noise = 0.1 * torch.randn(8, 8, generator=generator)
    others = torch.randn(12, 8, generator=generator)
    # Near a word, but on no pair's direction: what the control finds.
    near = base + 0.25 * torch.randn(4, 8, generator=generator)
    vectors = torch.cat([torch.stack(pairs) + noise, near, others])
    return vectors / vectors.norm(dim=1, keepdim=True)


def _least_alike(vectors: Tensor, triples: list[tuple[int, int, int]]) -> Tensor:
    return torch.stack(
        [
            (vectors @ (vectors[a] - vectors[b] + vectors[c])).argmin()
            for a, b, c in triples
        ]
    )
