"""Answers to chapter 10's exercises."""

import networkx as nx
import numpy as np
import torch

from course_utils.exercises.ch10 import (
    check_adjusted,
    check_averaging,
    check_beside,
    check_voters,
)
from course_utils.metrics import knn_accuracy, neighbour_hits


def within(edges, labels):
    return (labels[edges[:, 0]] == labels[edges[:, 1]]).float().mean()


def chance(which):
    return (torch.bincount(which) / len(which)).square().sum()


def adjust(edges, labels, by=None):
    by = chance(labels[edges].flatten()) if by is None else by
    return (within(edges, labels) - by) / (1 - by)


def adjusted_by_numpy(edges, labels):
    edges, labels = np.asarray(edges), np.asarray(labels)
    ends = labels[edges]
    same = np.mean(ends[:, 0] == ends[:, 1])
    shares = np.unique(ends, return_counts=True)[1] / ends.size
    return (same - shares @ shares) / (1 - shares @ shares)


def adjusted_by_degrees(edges, labels):
    degree = torch.bincount(edges.flatten(), minlength=len(labels))
    ends = [int(degree[labels == c].sum()) for c in labels.unique()]
    by = sum((e / (2 * len(edges))) ** 2 for e in ends)
    return float((within(edges, labels) - by) / (1 - by))


def voters(z, y, train, test, k=5):
    own = neighbour_hits(z[train], y[train], k).float().mean()
    return own, knn_accuracy(z[train], y[train], z[test], y[test], k)


def voters_by_distances(z, y, train, test):
    def rate(asked, diagonal):
        far = torch.cdist(z[asked], z[train])
        if diagonal:
            far.fill_diagonal_(np.inf)
        votes = y[train][far.topk(5, largest=False).indices]
        return (votes.mode(1).values == y[asked]).float().mean().item()

    return [rate(train, True), rate(test, False)]


def voters_by_loop(z, y, train, test):
    rates = []
    for asked in (train, test):
        right = []
        for i in asked.tolist():
            others = torch.tensor([j for j in train.tolist() if j != i])
            near = (z[others] - z[i]).norm(dim=1).argsort()[:5]
            counts = torch.bincount(y[others][near])
            right.append(int(counts.argmax()) == int(y[i]))
        rates.append(sum(right) / len(right))
    return np.array(rates)


def links(edges, n, ways=2):
    A = torch.zeros(n, n)
    A[edges[:, 0], edges[:, 1]] = 1
    return A + A.T if ways == 2 else A


def scaled(B, d):
    root = d.clamp(min=1).sqrt()
    return B / root[:, None] / root


def average(edges, n):
    B = links(edges, n) + torch.eye(n)
    return scaled(B, B.sum(1))


def average_by_networkx(edges, n):
    graph = nx.Graph([tuple(e) for e in np.asarray(edges)])
    graph.add_nodes_from(range(n))
    graph.add_edges_from((i, i) for i in range(n))
    A = nx.to_numpy_array(graph, nodelist=range(n))
    root = np.diag(A.sum(1) ** -0.5)
    return root @ A @ root


def average_sparse(edges, n):
    i, j = torch.cat([edges.T, edges.T.flip(0), torch.arange(n).expand(2, -1)], 1)
    d = torch.bincount(i)
    return torch.sparse_coo_tensor(
        torch.stack([i, j]), 1 / (d[i] * d[j]).sqrt(), (n, n), check_invariants=False
    )


def mean_around(H, edges, ways=2, least=1):
    A = links(edges, len(H), ways).to(H)
    return A @ H / A.sum(1, keepdim=True).clamp(min=least)


def beside(H, edges):
    return torch.cat([H, mean_around(H, edges)], dim=1)


def beside_by_loop(H, edges):
    rows = []
    for i in range(len(H)):
        near = [b if a == i else a for a, b in edges.tolist() if i in (a, b)]
        mean = H[near].mean(0) if near else torch.zeros(H.shape[1])
        rows.append([*H[i].tolist(), *mean.tolist()])
    return rows


def beside_by_numpy(H, edges):
    H, edges = np.asarray(H), np.asarray(edges)
    total, count = np.zeros_like(H), np.zeros(len(H))
    for a, b in edges:
        total[a] += H[b]
        total[b] += H[a]
        count[[a, b]] += 1
    return np.hstack([H, total / np.maximum(count, 1)[:, None]])


def with_self(H, edges):
    A = links(edges, len(H)).to(H) + torch.eye(len(H)).to(H)
    return A @ H / A.sum(1, keepdim=True)


RIGHT = {
    check_adjusted: [adjust, adjusted_by_numpy, adjusted_by_degrees],
    check_voters: [voters, voters_by_distances, voters_by_loop],
    check_averaging: [average, average_by_networkx, average_sparse],
    check_beside: [beside, beside_by_loop, beside_by_numpy],
}

WRONG = {
    check_adjusted: {
        "plain homophily": within,
        "did not rescale": lambda e, y: within(e, y) - chance(y[e].flatten()),
        "divided by the chance itself": lambda e, y: (
            within(e, y) / chance(y[e].flatten()) - 1
        ),
        "shares count nodes": lambda e, y: adjust(e, y, chance(y)),
        "one end of each edge": lambda e, y: adjust(e, y, chance(y[e[:, 0]])),
        "chance alone": lambda e, y: chance(y[e].flatten()),
        "largest share": lambda e, y: adjust(
            e, y, torch.bincount(y[e].flatten()).max() / e.numel()
        ),
        "between classes": lambda e, y: (
            (1 - within(e, y) - chance(y[e].flatten())) / (1 - chance(y[e].flatten()))
        ),
    },
    check_voters: {
        "vote for themselves": lambda z, y, a, b: (
            knn_accuracy(z[a], y[a], z[a], y[a]),
            knn_accuracy(z[a], y[a], z[b], y[b]),
        ),
        "All nodes vote": lambda z, y, a, b: [
            neighbour_hits(z, y)[i].float().mean() for i in (a, b)
        ],
        "among themselves: let": lambda z, y, a, b: [
            neighbour_hits(z[i], y[i]).float().mean() for i in (a, b)
        ],
        "swapped": lambda *inputs: voters(*inputs)[::-1],
        "the difference": lambda *inputs: voters(*inputs)[0] - voters(*inputs)[1],
        "One neighbour": lambda *inputs: voters(*inputs, k=1),
        "Test nodes vote for training": lambda z, y, a, b: (
            voters(z, y, a, b)[0],
            knn_accuracy(z[b], y[b], z[a], y[a]),
        ),
        "compared with all nodes": lambda z, y, a, b: (
            neighbour_hits(z, y)[a].float().mean(),
            voters(z, y, a, b)[1],
        ),
    },
    check_averaging: {
        "No node counts itself": lambda e, n: scaled(links(e, n), links(e, n).sum(1)),
        "after counting": lambda e, n: scaled(
            links(e, n) + torch.eye(n), links(e, n).sum(1)
        ),
        "diagonal is missing": lambda e, n: average(e, n).fill_diagonal_(0),
        "plain mean": lambda e, n: (links(e, n) + torch.eye(n)).div(
            links(e, n).sum(1, keepdim=True) + 1
        ),
        "root is missing": lambda e, n: (
            (links(e, n) + torch.eye(n))
            / torch.outer(links(e, n).sum(1) + 1, links(e, n).sum(1) + 1)
        ),
        "this sums": lambda e, n: links(e, n) + torch.eye(n),
        "fill in both": lambda e, n: scaled(
            links(e, n, 1) + torch.eye(n), links(e, n, 1).sum(1) + 1
        ),
        "averaged twice": lambda e, n: average(e, n) @ average(e, n),
    },
    check_beside: {
        "holds the node itself": lambda H, e: torch.cat([H, with_self(H, e)], 1),
        "neighbours' sum": lambda H, e: torch.cat([H, links(e, len(H)) @ H], 1),
        "added the two": lambda H, e: H + mean_around(H, e),
        "come first": lambda H, e: torch.cat([mean_around(H, e), H], 1),
        "own numbers are missing": mean_around,
        "both ends": lambda H, e: torch.cat([H, mean_around(H, e, ways=1)], 1),
        "averaged with S": lambda H, e: torch.cat([H, average(e, len(H)) @ H], 1),
        "0/0": lambda H, e: torch.cat([H, mean_around(H, e, least=0)], 1),
    },
}
