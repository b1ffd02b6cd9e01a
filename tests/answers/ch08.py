"""Answers to chapter 8's exercises."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from scipy.special import logsumexp, softmax

from course_utils.exercises.ch08 import (
    check_kept,
    check_responsibilities,
    check_sum_out,
)


def sum_out(losses):
    return math.log(10) - torch.logsumexp(-losses, dim=1)


def sum_out_by_numpy(losses):
    return np.log(10) - logsumexp(-np.asarray(losses, float), axis=1)


def sum_out_by_shift(losses):
    low = losses.amin(1, keepdim=True)
    return low[:, 0] - (low - losses).exp().mean(1).log()


def kept(before, after, pair):
    def centred(x):
        total = x.new_zeros(pair.max() + 1).index_add_(0, pair, x)
        return x - (total / pair.bincount())[pair]

    a, b = centred(before), centred(after)
    return (a * b).sum() / (a.norm() * b.norm())


def kept_by_numpy(before, after, pair):
    before, after = before.numpy(), after.numpy()
    for k in np.unique(pair.numpy()):
        for values in (before, after):
            values[(pair.numpy() == k)] -= values[(pair.numpy() == k)].mean()
    return np.corrcoef(before, after)[0, 1]


def kept_by_table(before, after, pair):
    groups = F.one_hot(pair).float()
    means = groups @ (groups.T @ torch.stack([before, after], 1)
                      / groups.sum(0)[:, None])  # fmt: skip
    off = torch.stack([before, after], 1) - means
    return torch.corrcoef(off.T)[0, 1].item()


def everywhere(before, after, pair):
    return torch.corrcoef(torch.stack([before, after]))[0, 1]


def half_centred(before, after, pair):
    for k in pair.unique():
        before[pair == k] -= before[pair == k].mean()
    return torch.corrcoef(torch.stack([before, after]))[0, 1]


def group_by_group(before, after, pair):
    found = [everywhere(before[pair == k], after[pair == k], None) for k in range(4)]
    return sum(found) / 4


def deviations(before, after, pair):
    groups = F.one_hot(pair).float()
    return [x - groups @ (groups.T @ x / groups.sum(0)) for x in (before, after)]


def slope(before, after, pair):
    a, b = deviations(before, after, pair)
    return (a @ b) / (a @ a)


def covariance(before, after, pair):
    a, b = deviations(before, after, pair)
    return (a * b).mean()


def belongs(log_density, share, known):
    r = (log_density + share.log()).softmax(1)
    told = known >= 0
    r[told] = F.one_hot(known[told], len(share)).to(r)
    return r


def belongs_by_numpy(log_density, share, known):
    r = softmax(np.asarray(log_density) + np.log(np.asarray(share)), axis=1)
    for i, label in enumerate(known.tolist()):
        if label >= 0:
            r[i] = np.eye(len(share))[label]
    return r


def belongs_by_bayes(log_density, share, known):
    joint = (log_density - log_density.amax(1, keepdim=True)).exp() * share
    one = torch.eye(len(share))[known]
    return torch.where(known[:, None] < 0, joint / joint.sum(1, keepdim=True), one)


def told(r, known):
    return torch.where(known[:, None] < 0, r, torch.eye(r.shape[1])[known])


RIGHT = {
    check_sum_out: [sum_out, sum_out_by_numpy, sum_out_by_shift],
    check_kept: [kept, kept_by_numpy, kept_by_table],
    check_responsibilities: [belongs, belongs_by_numpy, belongs_by_bayes],
}

WRONG = {
    check_sum_out: {
        "1/10 of each card is missing": lambda x: -x.neg().logsumexp(1),
        "subtracted log 10": lambda x: -x.neg().logsumexp(1) - math.log(10),
        "the best card, told for nothing": lambda x: x.min(1).values,
        "pays log 10 for the best card": lambda x: x.min(1).values + math.log(10),
        "You averaged nats": lambda x: x.mean(1),
        "minus before it inside": lambda x: x.logsumexp(1) - math.log(10),
        "the log-likelihood": lambda x: x.neg().logsumexp(1) - math.log(10),
        "use `logsumexp`": lambda x: -((-8 * x).exp().mean(1)).log(),
    },
    check_kept: {
        "the mean of each pair first": everywhere,
        "You centred `before` only": half_centred,
        "You averaged the correlations": group_by_group,
        "Nothing was centred": lambda b, a, p: (b @ a) / (b.norm() * a.norm()),
        "the share of variance": lambda b, a, p: kept(b, a, p) ** 2,
        "the slope of a line": slope,
        "a covariance": covariance,
    },
    check_responsibilities: {
        "known labels are not used": lambda d, s, k: (d + s.log()).softmax(1),
        "shares are missing": lambda d, s, k: told(d.softmax(1), k),
        "added the shares": lambda d, s, k: told((d + s).softmax(1), k),
        "runs over the codes": lambda d, s, k: told((d + s.log()).softmax(0), k),
        "keep the doubt": lambda d, s, k: told(
            torch.eye(4)[(d + s.log()).argmax(1)], k
        ),
        "are logarithms": lambda d, s, k: told((d + s.log()).log_softmax(1), k),
        "divide each row": lambda d, s, k: told(d.exp() * s, k),
        "the last class": lambda d, s, k: torch.eye(4)[k],
    },
}
