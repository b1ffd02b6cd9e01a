"""Checks of chapter 1: reconstruct from a code, find neighbours, solve an analogy."""

import numpy as np
import torch
from torch import Tensor

from .core import Answer, Verdict, draws, exercise, wrong
from .diagnosis import compare, numbers


@exercise("ch1-reconstruct", "Reconstruct images from d numbers each")
def check_reconstruct(answer: Answer) -> Verdict:
    """Check ``answer(x, mean, components, d)``: [N, D] → [N, D]."""
    x, mean = 1 + draws(6, 5, seed=0), 1 + 0.5 * draws(5, seed=1)
    components, d = torch.linalg.qr(draws(5, 5, seed=2))[0], 2
    first, rows, last = components[:, :d], components[:d].T, components[:, -d:]
    centred, own = x - mean, x.mean(0)
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
            "You took the mean of these images: use `mean`, that of the images which "
            "the components come from.": own + (x - own) @ first @ first.T,
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
def check_nearest(answer: Answer) -> Verdict:
    """Check ``answer(points, k)``: [N, D] → indices [N, k], nearest first."""
    points = 2 + draws(7, 3, seed=5) * torch.tensor([1.0, 2, 1, 3, 1, 2, 1])[:, None]
    k = 2
    distances = torch.cdist(points, points)
    order = distances.argsort(1)
    others = distances.clone().fill_diagonal_(torch.inf)
    found = compare(
        answer(points, k),
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
            "with the smallest distance, so take columns from the front.": (
                order[:, -k:]
            ),
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
    return found if found.state != "right" else _nearest_of_twins(answer, found)


def _nearest_of_twins(answer: Answer, found: Verdict) -> Verdict:
    """Two points that coincide: each is the other's nearest, and not its own."""
    points = torch.cat([draws(4, 3, seed=6), 9 + torch.zeros(2, 3)])
    given = numbers(answer(points, 1))
    if given is None or given.shape != (6, 1):
        return wrong("Your answer changes its shape with k: [N, k] is asked for.")
    if (given[4:, 0] == [5, 4]).all():
        return found
    if (given[:, 0] == np.arange(6)).any():
        return wrong(
            "Where two points coincide, the first column need not be the point itself, "
            "so dropping it is not safe: make the diagonal infinite."
        )
    return wrong(
        "Where two points coincide, you left out both: leave out the point itself "
        "only, which stands on the diagonal."
    )


@exercise("ch1-analogy", "The word that completes an analogy")
def check_analogy(answer: Answer) -> Verdict:
    """Check ``answer(vectors, a, b, c)``: unit vectors [V, D] and indices → index."""
    vectors = draws(12, 4, seed=1)
    vectors = vectors / vectors.norm(dim=1, keepdim=True)
    vectors[1] = torch.lerp(vectors[0], vectors[2], 0.4)
    vectors = vectors / vectors.norm(dim=1, keepdim=True)
    # In the first two, a, b and c are all nearer to the target than the right word.
    triples = [(4, 0, 1), (1, 0, 4), (0, 3, 1), (0, 3, 6)]
    given = [numbers(answer(vectors, *triple)) for triple in triples]
    if any(index is None or index.size != 1 for index in given):
        return wrong(
            "Return one index for one analogy: where the cosine is largest, `argmax`."
        )

    def solve(signs: tuple[int, int, int], left_out: str = "abc") -> Tensor:
        found = []
        for triple in triples:
            cosines = vectors @ (torch.tensor(signs).float() @ vectors[list(triple)])
            cosines[[triple["abc".index(word)] for word in left_out]] = -torch.inf
            found.append(cosines.argsort(descending=True))
        return torch.stack(found)  # [triples, V], best first

    analogy = (1, -1, 1)
    partly = {
        f"You left out {' and '.join(some)} only, and another word of the question "
        "stood nearest: leave out all three.": solve(analogy, some)[:, 0]
        for some in ("a", "c", "ab", "ac", "bc")
    }
    return compare(
        [index.item() for index in given if index is not None],
        solve(analogy)[:, 0],
        mistakes={
            "You found a word of the question itself. It is nearly always nearest: "
            "leave a, b and c out.": solve(analogy, "")[:, 0],
            **partly,
            "You left out whichever word was best: leave out a, b and c.": (
                solve(analogy, "")[:, 1]
            ),
            "The signs are wrong: that is b − a + c. From a take b, then add c.": (
                solve((-1, 1, 1))[:, 0]
            ),
            "The signs are wrong: that is a + b − c. From a take b, then add c.": (
                solve((1, 1, -1))[:, 0]
            ),
            "That is the word nearest to c alone: the control, not the analogy.": (
                solve((0, 0, 1))[:, 0]
            ),
            "That is the word nearest to a alone: take b off, and add c.": (
                solve((1, 0, 0))[:, 0]
            ),
            "That is the word least like the target: take the largest cosine.": (
                solve(analogy, "")[:, -1]
            ),
        },
        tolerance=1e-3,
        why="Had you left the question's words in, the answer would be one of them.",
    )
