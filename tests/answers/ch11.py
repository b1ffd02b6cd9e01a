"""Answers to chapter 11's exercises."""

import numpy as np
import torch

from course_utils.exercises.ch11 import check_free, check_partners, check_shuffle


def price(nll, x, z):
    return (nll(x, z.roll(-1, 0)) - nll(x, z)).mean()


def price_by_loop(nll, x, z):
    costs = []
    for i in range(len(x)):
        j = (i + 1) % len(x)
        wrong, right = (nll(x[i : i + 1], z[k : k + 1]) for k in (j, i))
        costs.append(float(wrong - right))
    return sum(costs) / len(costs)


def price_by_index(nll, x, z):
    following = (torch.arange(len(z)) + 1) % len(z)
    return (nll(x, z[following]).mean() - nll(x, z).mean()).item()


def free_bits(kl, free=0.25):
    return kl.mean(0).clamp(min=free).sum()


def free_by_maximum(kl, free=0.25):
    return np.maximum(np.asarray(kl).mean(0), free).sum()


def free_by_loop(kl, free=0.25):
    return sum(max(float(column.mean()), free) for column in kl.T)


def partners(speakers, words):
    fits = (speakers[:, None] == speakers) & (words[:, None] != words)
    return fits.float().multinomial(1)[:, 0]


def partners_by_loop(speakers, words):
    chosen = []
    for i in range(len(words)):
        fits = (speakers == speakers[i]) & (words != words[i])
        places = fits.nonzero()[:, 0]
        chosen.append(int(places[torch.randint(len(places), (1,))]))
    return chosen


def partners_by_trial(speakers, words):
    who, what = np.asarray(speakers), np.asarray(words)
    chosen = np.arange(len(what))
    bad = np.ones(len(what), dtype=bool)
    while bad.any():
        chosen[bad] = np.random.randint(len(what), size=bad.sum())
        bad = (who[chosen] != who) | (what[chosen] == what)
    return chosen


def first_fit(speakers, words):
    fits = (speakers[:, None] == speakers) & (words[:, None] != words)
    return fits.int().argmax(1)


def any_of(fits):
    return fits.float().multinomial(1)[:, 0]


RIGHT = {
    check_shuffle: [price, price_by_loop, price_by_index],
    check_free: [free_bits, free_by_maximum, free_by_loop],
    check_partners: [partners, partners_by_loop, partners_by_trial],
}

WRONG = {
    check_shuffle: {
        "take away what it costs": lambda nll, x, z: nll(x, z.roll(-1, 0)).mean(),
        "sign is turned": lambda nll, x, z: -price(nll, x, z),
        "take the mean": lambda nll, x, z: price(nll, x, z) * len(x),
        "one price per word": lambda nll, x, z: nll(x, z.roll(-1, 0)) - nll(x, z),
        "moved words and codes together": lambda nll, x, z: (
            nll(x.roll(-1, 0), z.roll(-1, 0)) - nll(x, z)
        ).mean(),
        "word before": lambda nll, x, z: (nll(x, z.roll(1, 0)) - nll(x, z)).mean(),
        "code of zeros": lambda nll, x, z: (nll(x, 0 * z) - nll(x, z)).mean(),
        "within each code": lambda nll, x, z: (
            nll(x, z.roll(-1, 1)) - nll(x, z)
        ).mean(),
    },
    check_free: {
        "average over the words first": lambda kl, free=0.25: (
            kl.clamp(min=free).sum(1).mean()
        ),
        "one allowance is for the whole code": lambda kl, free=0.25: (
            kl.mean(0).sum().clamp(min=free)
        ),
        "Nothing is free": lambda kl, free=0.25: kl.mean(0).sum(),
        "charge what exceeds": lambda kl, free=0.25: (
            (kl.mean(0) - free).clamp(min=0).sum()
        ),
        "took the smaller": lambda kl, free=0.25: kl.mean(0).clamp(max=free).sum(),
        "one charge per number": lambda kl, free=0.25: kl.mean(0).clamp(min=free),
        "mean over the numbers": lambda kl, free=0.25: (
            kl.mean(0).clamp(min=free).mean()
        ),
    },
    check_partners: {
        "its own partner": lambda speakers, words: torch.arange(len(words)),
        "kept the word": lambda speakers, words: any_of(
            (speakers[:, None] != speakers) & (words[:, None] == words)
        ),
        "have the clip's own speaker": lambda speakers, words: torch.randint(
            len(words), (len(words),)
        ),
        "say the same word": lambda speakers, words: any_of(
            speakers[:, None] == speakers
        ),
        "always the same clip": first_fit,
        "[90] is right": lambda speakers, words: partners(speakers, words)[:, None],
        "no indices": lambda speakers, words: partners(speakers, words) + 90,
    },
}
