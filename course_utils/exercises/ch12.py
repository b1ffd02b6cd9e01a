"""Checks of chapter 12: what a thing is worth, what Q aims at, a second opinion."""

import torch
from torch import Tensor

from .core import Answer, Verdict, draws, exercise
from .diagnosis import compare


@exercise("ch12-worth", "What a thing is worth")
def check_worth(answer: Answer) -> Verdict:
    """``answer(frames)``: [N, H, W] in [0, 1]; gives nats per frame."""
    frames = (2 * draws(6, 4, 5, seed=1)).sigmoid()
    frames[:, 0] = (draws(6, 5, seed=2) > 0).float()
    average = frames.mean(0).expand_as(frames)

    def nats(p: Tensor) -> Tensor:
        return -torch.xlogy(frames, p) - torch.xlogy(1 - frames, 1 - p)

    blind, sees = nats(average), nats(frames)
    gain = blind - sees
    grey = frames.mean((1, 2), keepdim=True).expand_as(frames)
    ink = -torch.xlogy(frames, average) + torch.xlogy(frames, frames)
    return compare(
        answer(frames),
        gain.sum((1, 2)).mean(),
        mistakes={
            "You took off nothing: soft edges cost nats even when all is known. "
            "Subtract the sum of H(x, x).": blind.sum((1, 2)).mean(),
            "This is what stays when all is known: subtract it from what the blind "
            "decoder pays.": sees.sum((1, 2)).mean(),
            "The sign is turned round: blind minus knowing.": (
                -gain.sum((1, 2)).mean()
            ),
            "You averaged over pixels: a frame's nats are their sum.": gain.mean(),
            "You summed over frames too: take the mean over the N frames.": gain.sum(),
            "You averaged over each frame's pixels: the blind decoder knows each "
            "pixel's average over frames, `frames.mean(0)`.": (
                (nats(grey) - sees).sum((1, 2)).mean()
            ),
            "You counted ink only: dark pixels cost too, −(1 − x) log(1 − p).": (
                ink.sum((1, 2)).mean()
            ),
            "This is in bits: use the natural logarithm.": (
                gain.sum((1, 2)).mean() / torch.tensor(2.0).log()
            ),
            "One number for each frame: take their mean.": gain.sum((1, 2)),
        },
        tolerance=1e-3,
        why="It needs no network: an invoice written before the training.",
    )


@exercise("ch12-target", "What to aim at")
def check_target(answer: Answer) -> Verdict:
    """``answer(r, over, q_next, gamma)``: [N], [N], [N, 3], a number; gives [N]."""
    r = (draws(8, seed=3) > 0).float()
    over = torch.tensor([0.0, 1, 0, 0, 1, 0, 1, 0])
    q, gamma = draws(8, 3, seed=4) + 0.5, 0.9
    best = q.amax(1)
    return compare(
        answer(r, over, q, gamma),
        r + gamma * (1 - over) * best,
        mistakes={
            "When the game is over nothing comes after: multiply by 1 − over.": (
                r + gamma * best
            ),
            "You kept what comes after for the games that are over, and dropped it "
            "for the others: it is 1 − over.": r + gamma * over * best,
            "gamma is missing: what comes a move later counts a little less.": (
                r + (1 - over) * best
            ),
            "You left out the reward r.": gamma * (1 - over) * best,
            "You averaged over actions: the agent will take the best one.": (
                r + gamma * (1 - over) * q.mean(1)
            ),
            "You took the worst action: amax, not amin.": (
                r + gamma * (1 - over) * q.amin(1)
            ),
            "The reward of the last move counts: 1 − over belongs to what comes "
            "after only.": (1 - over) * (r + gamma * best),
            "You took one maximum over all games: take it over actions, dim 1.": (
                r + gamma * (1 - over) * q.max()
            ),
            "This is the action's number: take its value, `amax`.": (
                r + gamma * (1 - over) * q.argmax(1)
            ),
        },
        why="Where the game is over, only the reward stands.",
    )


@exercise("ch12-opinion", "A second opinion")
def check_opinion(answer: Answer) -> Verdict:
    """``answer(own, other)``: hopes [N, K], twice; gives a number."""
    own, other = draws(7, 5, seed=5).sigmoid(), draws(7, 5, seed=6).sigmoid()
    games, best = torch.arange(7), own.argmax(1)
    return compare(
        answer(own, other),
        other[games, best].mean(),
        mistakes={
            "This is the promise: the world that chose also judges. Read the chosen "
            "lists' hopes in `other`.": own.amax(1).mean(),
            "You let `other` choose for itself: that is a promise again.": (
                other.amax(1).mean()
            ),
            "You let `other` choose and `own` judge: here `own` chooses.": (
                own[games, other.argmax(1)].mean()
            ),
            "You averaged over all lists: only the chosen one will be played.": (
                other.mean()
            ),
            "You chose one list for all games: each game has its own, argmax over "
            "dim 1.": other[:, own.mean(0).argmax()].mean(),
            "You chose by the mean of both worlds, so `other` judges its own choice "
            "in part.": other[games, (own + other).argmax(1)].mean(),
            "One number for each game: take their mean.": other[games, best],
            "You added up the games: take the mean.": other[games, best].sum(),
            "You took the list that `own` hopes least of: argmax, not argmin.": (
                other[games, own.argmin(1)].mean()
            ),
        },
        why="Whoever chooses by a number should not be the one who reports it.",
    )
