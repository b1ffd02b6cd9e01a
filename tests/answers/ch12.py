"""Answers to chapter 12's exercises."""

import numpy as np
import torch

from course_utils.exercises.ch12 import check_opinion, check_target, check_worth


def nats(x, p):
    return -torch.xlogy(x, p) - torch.xlogy(1 - x, 1 - p)


def gain(frames):
    return nats(frames, frames.mean(0).expand_as(frames)) - nats(frames, frames)


def worth(frames):
    return gain(frames).sum((1, 2)).mean()


def worth_by_numpy(frames):
    x = np.clip(np.asarray(frames, dtype=float), 1e-12, 1 - 1e-12)
    p = x.mean(0)
    loss = x * np.log(x / p) + (1 - x) * np.log((1 - x) / (1 - p))
    return loss.reshape(len(x), -1).sum(1).mean()


def worth_of_averages(frames):
    """The blind decoder's bill is the entropy of the mean image."""
    average = frames.mean(0)
    return nats(average, average).sum() - nats(frames, frames).sum() / len(frames)


def target(r, over, q_next, gamma):
    return r + gamma * (1 - over) * q_next.amax(1)


def target_by_where(r, over, q_next, gamma):
    return torch.where(over > 0, r, r + gamma * q_next.max(dim=1).values)


def target_by_loop(r, over, q_next, gamma):
    rows = zip(r.tolist(), over.tolist(), q_next.tolist(), strict=True)
    return [a + (0 if end else gamma * max(q)) for a, end, q in rows]


def opinion(own, other):
    return other.gather(1, own.argmax(1, keepdim=True)).mean()


def opinion_by_index(own, other):
    return other[torch.arange(len(own)), own.argmax(1)].mean()


def opinion_by_numpy(own, other):
    own, other = np.asarray(own), np.asarray(other)
    return np.mean([row[k] for row, k in zip(other, own.argmax(1), strict=True)])


RIGHT = {
    check_worth: [worth, worth_by_numpy, worth_of_averages],
    check_target: [target, target_by_where, target_by_loop],
    check_opinion: [opinion, opinion_by_index, opinion_by_numpy],
}

WRONG = {
    check_worth: {
        "took off nothing": lambda x: (
            nats(x, x.mean(0).expand_as(x)).sum((1, 2)).mean()
        ),
        "what stays when all": lambda x: nats(x, x).sum((1, 2)).mean(),
        "sign is turned round": lambda x: -worth(x),
        "averaged over pixels": lambda x: gain(x).mean(),
        "summed over frames": lambda x: gain(x).sum(),
        "each frame's pixels": lambda x: (
            (nats(x, x.mean((1, 2), keepdim=True).expand_as(x)) - nats(x, x))
            .sum((1, 2))
            .mean()
        ),
        "counted ink only": lambda x: (
            (torch.xlogy(x, x) - torch.xlogy(x, x.mean(0).expand_as(x)))
            .sum((1, 2))
            .mean()
        ),
        "in bits": lambda x: worth(x) / np.log(2),
        "One number for each frame": lambda x: gain(x).sum((1, 2)),
    },
    check_target: {
        "nothing comes after": lambda r, o, q, g: r + g * q.amax(1),
        "it is 1 − over": lambda r, o, q, g: r + g * o * q.amax(1),
        "gamma is missing": lambda r, o, q, g: r + (1 - o) * q.amax(1),
        "left out the reward": lambda r, o, q, g: g * (1 - o) * q.amax(1),
        "averaged over actions": lambda r, o, q, g: r + g * (1 - o) * q.mean(1),
        "the worst action": lambda r, o, q, g: r + g * (1 - o) * q.amin(1),
        "reward of the last move": lambda r, o, q, g: (1 - o) * (r + g * q.amax(1)),
        "one maximum over all games": lambda r, o, q, g: r + g * (1 - o) * q.max(),
        "action's number": lambda r, o, q, g: r + g * (1 - o) * q.argmax(1),
    },
    check_opinion: {
        "also judges": lambda own, other: own.amax(1).mean(),
        "choose for itself": lambda own, other: other.amax(1).mean(),
        "here `own` chooses": lambda own, other: opinion(other, own),
        "averaged over all lists": lambda own, other: other.mean(),
        "one list for all games": lambda own, other: other[
            :, own.mean(0).argmax()
        ].mean(),
        "mean of both worlds": lambda own, other: opinion(own + other, other),
        "One number for each game": lambda own, other: other.gather(
            1, own.argmax(1, keepdim=True)
        )[:, 0],
        "added up the games": lambda own, other: len(own) * opinion(own, other),
        "argmax, not argmin": lambda own, other: opinion(-own, other),
    },
}
