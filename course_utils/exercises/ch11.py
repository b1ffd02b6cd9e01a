"""Checks of chapter 11: a wrong code's price, free bits, another word, a key."""

import numpy as np
import torch
from torch import Tensor

from .core import Answer, Verdict, draws, exercise, right, wrong
from .diagnosis import compare, numbers


@exercise("ch11-shuffle", "The price of a wrong code")
def check_shuffle(answer: Answer) -> Verdict:
    """``answer(nll, x, z)``: a function and two [N, D], gives a number."""
    x, z = draws(9, 4, seed=20), draws(9, 4, seed=21)

    def nll(x: Tensor, z: Tensor) -> Tensor:
        return (x - z).square().sum(1) + z[:, 0].exp()

    own, other = nll(x, z), nll(x, z.roll(-1, 0))
    price = (other - own).mean()
    return compare(
        answer(nll, x, z),
        price,
        mistakes={
            "This is what a word costs with another's code: take away what it costs "
            "with its own.": other.mean(),
            "The sign is turned: the wrong code comes first, the right one is taken "
            "away.": -price,
            "This is the sum over the words: take the mean.": price * len(x),
            "This is one price per word: take their mean.": other - own,
            "You moved words and codes together: each word kept its own code.": (
                torch.tensor(0.0)
            ),
            "Each word got the code of the word before: take the next one's.": (
                (nll(x, z.roll(1, 0)) - own).mean()
            ),
            "You reversed the list: take the next word's code.": (
                (nll(x, z.flip(0)) - own).mean()
            ),
            "You took a code of zeros: take another word's.": (
                (nll(x, torch.zeros_like(z)) - own).mean()
            ),
            "You moved numbers within each code: move the codes, dim 0.": (
                (nll(x, z.roll(-1, 1)) - own).mean()
            ),
            "You divided by the right price: subtract it.": (other / own).mean(),
            "You divided by the right price, too: it is in nats, so subtract.": (
                other.mean() / own.mean()
            ),
        },
        why="A model that ignores its code pays nothing for a wrong one.",
    )


@exercise("ch11-free", "Free bits")
def check_free(answer: Answer) -> Verdict:
    """``answer(kl, free)``: [N, D] and a number, gives a number."""
    kl, free = (
        draws(12, 5, seed=22).square() * torch.tensor([0.1, 0.4, 1, 2, 0.02]),
        0.3,
    )
    per_number = kl.mean(0)
    charged = per_number.clamp(min=free).sum()
    return compare(
        answer(kl, free),
        charged,
        mistakes={
            "Each word is charged by itself: average over the words first, then "
            "clamp.": kl.clamp(min=free).sum(1).mean(),
            "Nothing is free, or one allowance is for the whole code: clamp each "
            "number's nats from below.": per_number.sum(),
            "You charge what exceeds the allowance: this has the same gradient, but "
            "charge at least `free`.": (per_number - free).clamp(min=0).sum(),
            "You took the smaller of both: below `free`, `free` is charged; above, "
            "all.": per_number.clamp(max=free).sum(),
            "This is one charge per number: sum them.": per_number.clamp(min=free),
            "This is the mean over the numbers: sum them.": charged / kl.shape[1],
            "You summed over the words: average.": kl.sum(0).clamp(min=free).sum(),
            "You averaged over the numbers and clamped each word: average over "
            "words, dim 0.": kl.mean(1).clamp(min=free).sum(),
            "The allowance is added to each number: it replaces what is below.": (
                (per_number + free).sum()
            ),
        },
        why="Under the threshold the gradient is zero: forgetting more saves nothing.",
    )


@exercise("ch11-partner", "Another word of the same speaker")
def check_partners(answer: Answer) -> Verdict:
    """``answer(speakers, words)``: two int64 [N], gives indices [N]."""
    order = draws(90, seed=23).argsort()
    speakers, words = (order % 3), (order // 3) % 5
    given = numbers(answer(speakers, words))
    if given is None:
        return wrong("Return indices of clips: a tensor of whole numbers, [N].")
    if given.shape != (90,):
        return wrong(f"Your result has the shape {list(given.shape)}; [90] is right.")
    if not np.isin(given, np.arange(90)).all():
        return wrong("Some of your numbers are no indices: 0 to N − 1, whole.")
    partner = torch.from_numpy(given).long()
    if partner.equal(torch.arange(90)):
        return wrong("Each clip is its own partner: that is the plain VAE.")
    same_speaker = speakers[partner] == speakers
    same_word = words[partner] == words
    if same_word.all() and not same_speaker.all():
        return wrong(
            "You kept the word and changed the speaker: it is the voice that both "
            "must share."
        )
    if not same_speaker.all():
        share = same_speaker.float().mean()
        return wrong(f"Only {share:.0%} of the partners have the clip's own speaker.")
    if same_word.any():
        return wrong(
            f"{same_word.float().mean():.0%} of the partners say the same word: the "
            "encoder could pass the word on."
        )
    again = numbers(answer(speakers, words))
    few = len(partner.unique()) < 30
    if few or (again is not None and np.array_equal(again, given)):
        return wrong(
            "Right speaker and another word, but always the same clip: draw one at "
            "random."
        )
    return right("All that the two clips share is the voice, so that is worth a nat.")
