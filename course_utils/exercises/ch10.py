"""Checks of chapter 10: adjusted homophily, fair voters, two ways to average."""

import torch
from torch import Tensor

from ..metrics import knn_accuracy, neighbour_hits
from .core import Answer, Verdict, draws, exercise
from .diagnosis import compare

# Ten nodes; the last one has no edge, and node 0 has many.
EDGES = torch.tensor(
    [(0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (1, 2), (3, 6), (4, 7), (5, 8), (6, 7)]
)
LABELS = torch.tensor([0, 0, 0, 1, 0, 2, 1, 1, 2, 1])
NODES = 10


@exercise("ch10-adjusted", "Adjusted homophily")
def check_adjusted(answer: Answer) -> Verdict:
    """``answer(edges, labels)``: [E, 2] and [N], gives a number."""
    a, b = LABELS[EDGES].T
    h = (a == b).float().mean()
    ends = torch.bincount(LABELS[EDGES].flatten()) / EDGES.numel()
    nodes = torch.bincount(LABELS) / NODES
    chance, by_nodes = ends.square().sum(), nodes.square().sum()
    starts = (torch.bincount(a, minlength=3) / len(a)).square().sum()
    return compare(
        answer(EDGES, LABELS),
        (h - chance) / (1 - chance),
        mistakes={
            "This is plain homophily: take away what chance gives.": h,
            "The chance is right but you did not rescale: divide by 1 − chance, so "
            "that 1 is perfect.": h - chance,
            "You divided by the chance itself: divide by 1 − chance.": (
                (h - chance) / chance
            ),
            "Your shares count nodes: count the ends of edges, where a node with many "
            "edges counts often.": (h - by_nodes) / (1 - by_nodes),
            "You counted one end of each edge: both ends count.": (
                (h - starts) / (1 - starts)
            ),
            "This is the chance alone.": chance,
            "You took the largest share for the chance: sum the squares of all.": (
                (h - ends.max()) / (1 - ends.max())
            ),
            "You took the share of edges between classes: begin with those within.": (
                (1 - h - chance) / (1 - chance)
            ),
        },
        why="Exchanged labels now give about 0, whatever the sizes of the classes.",
    )


@exercise("ch10-voters", "The same voters")
def check_voters(answer: Answer) -> Verdict:
    """``answer(codes, labels, train, test)``: [N, D], [N] and indices: two rates."""
    codes = draws(120, 4, seed=10)
    labels = torch.arange(120) % 3
    codes[:, 0] += labels * 0.9
    order = draws(120, seed=11).argsort()
    train, test = order[:70], order[70:100]
    x, y = codes[train], labels[train]

    def rate(hits: Tensor) -> float:
        return hits.float().mean().item()

    def voted(among: Tensor, asked: Tensor, k: int = 5) -> float:
        return knn_accuracy(codes[among], labels[among], codes[asked], labels[asked], k)

    own, others = rate(neighbour_hits(x, y)), voted(train, test)
    everyone = neighbour_hits(codes, labels)
    return compare(
        answer(codes, labels, train, test),
        torch.tensor([own, others]),
        mistakes={
            "Your training nodes vote for themselves: leave each one out, as "
            "`neighbour_hits` does.": torch.tensor([voted(train, train), others]),
            "All nodes vote: only training nodes may, or the rates have different "
            "voters than a real test.": torch.tensor(
                [rate(everyone[train]), rate(everyone[test])]
            ),
            "Test nodes vote among themselves: let training nodes vote for them.": (
                torch.tensor([own, rate(neighbour_hits(codes[test], labels[test]))])
            ),
            "They are swapped: training nodes come first.": torch.tensor([others, own]),
            "This is the difference: return both rates.": torch.tensor(own - others),
            "One neighbour voted: let five.": torch.tensor(
                [rate(neighbour_hits(x, y, k=1)), voted(train, test, k=1)]
            ),
            "Test nodes vote for training nodes: training nodes are the voters, for "
            "both.": torch.tensor([own, voted(test, train)]),
            "Training nodes were compared with all nodes: leave them among "
            "themselves.": torch.tensor([rate(everyone[train]), others]),
        },
        why="Without training the two agree, up to luck; what is left is learned by "
        "heart.",
    )


def _links() -> Tensor:
    A = torch.zeros(NODES, NODES)
    A[EDGES[:, 0], EDGES[:, 1]] = A[EDGES[:, 1], EDGES[:, 0]] = 1
    return A


@exercise("ch10-averaging", "The matrix that averages")
def check_averaging(answer: Answer) -> Verdict:
    """``answer(edges, n)``: [E, 2] and a number, gives [n, n]."""
    A, one = _links(), torch.eye(NODES)
    upper = A.triu()

    def scaled(B: Tensor, d: Tensor) -> Tensor:
        root = d.clamp(min=1).sqrt()
        return B / (root[:, None] * root)

    d = A.sum(1) + 1
    return compare(
        answer(EDGES, NODES),
        scaled(A + one, d),
        mistakes={
            "No node counts itself: add the identity first.": scaled(A, d - 1),
            "You added the identity after counting: d counts the node itself.": (
                scaled(A + one, d - 1)
            ),
            "The diagonal is missing, though d counts it.": scaled(A, d),
            "Each row sums to one: that is the plain mean. Divide by the root of both "
            "d.": (A + one) / d[:, None],
            "The root is missing: you divided by both d.": (A + one) / (d[:, None] * d),
            "You did not divide: this sums.": A + one,
            "Each edge has one direction here: fill in both.": (
                scaled(upper + one, (upper + one).sum(1))
            ),
            "It is averaged twice.": scaled(A + one, d) @ scaled(A + one, d),
        },
        why="Its rows do not sum to one: neighbours with many edges weigh less.",
    )


@exercise("ch10-beside", "Keep yourself apart")
def check_beside(answer: Answer) -> Verdict:
    """``answer(H, edges)``: [N, D] and [E, 2], gives [N, 2 D]."""
    H, A, one = draws(NODES, 3, seed=12), _links(), torch.eye(NODES)
    d = A.sum(1, keepdim=True)
    mean = A @ H / d.clamp(min=1)
    one_way = torch.zeros(NODES, NODES)
    one_way[EDGES[:, 0], EDGES[:, 1]] = 1
    half = one_way @ H / one_way.sum(1, keepdim=True).clamp(min=1)
    root = (d + 1).sqrt()
    lonely = mean.clone()
    lonely[-1] = torch.nan

    def beside(other: Tensor) -> Tensor:
        return torch.cat([H, other], dim=1)

    return compare(
        answer(H, EDGES),
        beside(mean),
        mistakes={
            "The mean holds the node itself: average its neighbours only.": (
                beside((A + one) @ H / (d + 1))
            ),
            "This is the neighbours' sum: divide by how many there are.": (
                beside(A @ H)
            ),
            "You added the two: put them beside each other, so that the network can "
            "weigh each.": H + mean,
            "The neighbours come first: put the node's own numbers on the left.": (
                torch.cat([mean, H], dim=1)
            ),
            "The node's own numbers are missing.": mean,
            "Each edge has one direction here: neighbours are on both ends.": (
                beside(half)
            ),
            "You averaged with S, which mixes in the node: take the neighbours' "
            "mean.": beside((A + one) @ (H / root) / root),
            "A node without neighbours gives 0/0: divide by at least 1.": (
                beside(lonely)
            ),
        },
        why="The next layer may use, ignore or subtract the neighbours.",
    )
