"""Checks of chapter 8: the label summed out, style kept, who belongs to which class."""

import math

import torch
import torch.nn.functional as F

from .core import Answer, Verdict, draws, exercise
from .diagnosis import compare

LOG_10 = math.log(10)


@exercise("ch8-sum-out", "The bill without the card")
def check_sum_out(answer: Answer) -> Verdict:
    """``answer(losses)``: negative ELBOs [N, 10], gives nats [N]."""
    losses = 100 + 3 * draws(6, 10, seed=8)
    right = LOG_10 - (-losses).logsumexp(1)
    return compare(
        answer(losses),
        right,
        mistakes={
            "The 1/10 of each card is missing: without it you add ten probabilities "
            "where you should average them. In nats, + log 10.": right - LOG_10,
            "You subtracted log 10: probabilities get smaller when divided by ten, so "
            "−log gets larger.": right - 2 * LOG_10,
            "This is the bill with the best card, told for nothing: sum over all ten "
            "cards.": losses.amin(1),
            "This pays log 10 for the best card: right as a bound, but other cards "
            "explain the image too. Sum over all ten.": losses.amin(1) + LOG_10,
            "You averaged nats: average the probabilities exp(−loss), then take the "
            "logarithm.": losses.mean(1),
            "A loss is *minus* a logarithm: put a minus before it inside "
            "`logsumexp`, and one before the result.": losses.logsumexp(1) - LOG_10,
            "This is the log-likelihood; the bill is minus it.": -right,
            "You summed over the images: the cards are in dim 1.": (
                LOG_10 - (-losses).logsumexp(0)
            ),
            "This is one number for all images: return [N].": right.mean(),
        },
        not_finite="exp(−100) is nearly zero and exp(−800) is zero: use `logsumexp`.",
        why="The label is gone, and nothing was paid for it that was not due.",
    )


@exercise("ch8-kept", "What a group's mean hides")
def check_kept(answer: Answer) -> Verdict:
    """``answer(before, after, pair)``: [N] each, pair int64, gives a number."""
    pair = torch.arange(60) % 4
    shift = torch.tensor([0.0, 3.0, -2.0, 5.0])[pair]
    before = draws(60, seed=9) + shift
    after = 0.3 * before + draws(60, seed=10) + 2 * shift.roll(1) + 1

    def centred(x: torch.Tensor) -> torch.Tensor:
        means = torch.stack([x[pair == k].mean() for k in range(4)])
        return x - means[pair]

    def correlation(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return (a * b).sum() / (a.norm() * b.norm())

    b, a = centred(before), centred(after)
    right = correlation(b, a)
    whole = correlation(before - before.mean(), after - after.mean())
    each = [torch.corrcoef(torch.stack([b[pair == k], a[pair == k]])) for k in range(4)]
    return compare(
        answer(before, after, pair),
        right,
        mistakes={
            "This is the correlation over everything: subtract the mean of each pair "
            "first.": whole,
            "You centred `before` only: subtract each pair's mean from both.": (
                correlation(b, after - after.mean())
            ),
            "You centred `after` only: subtract each pair's mean from both.": (
                correlation(before - before.mean(), a)
            ),
            "Nothing was centred: a correlation needs deviations from a mean.": (
                correlation(before, after)
            ),
            "This is the square, the share of variance: a correlation keeps its "
            "sign.": right**2,
            "This is the slope of a line: divide by both lengths.": (
                (a * b).sum() / b.square().sum()
            ),
            "This is a covariance: divide by both standard deviations.": (
                (a * b).mean()
            ),
            "You averaged the correlations of the pairs: pool the deviations of all "
            "pairs first.": torch.stack([c[0, 1] for c in each]).mean(),
        },
        why="What is left is how one hand differs from another with the same task.",
    )


@exercise("ch8-responsibilities", "Who belongs to which class")
def check_responsibilities(answer: Answer) -> Verdict:
    """``answer(log_density, share, known)``: [N, C], [C], int64 [N], gives [N, C]."""
    log_density = draws(12, 4, seed=11) - 30
    share = torch.tensor([0.4, 0.1, 0.2, 0.3])
    known = torch.full((12,), -1)
    known[:3] = torch.tensor([2, 0, 1])
    told = known >= 0
    one_hot = F.one_hot(known.clamp(min=0), 4).float()

    def fixed(r: torch.Tensor) -> torch.Tensor:
        return torch.where(told[:, None], one_hot, r)

    joint = log_density + share.log()
    soft = joint.softmax(1)
    return compare(
        answer(log_density, share, known),
        fixed(soft),
        mistakes={
            "The known labels are not used: their rows are 1 for the label, 0 "
            "elsewhere.": soft,
            "The shares are missing: a common class is a better guess than a rare "
            "one. Add their logarithm.": fixed(log_density.softmax(1)),
            "You added the shares to logarithms: add log share.": (
                fixed((log_density + share).softmax(1))
            ),
            "You multiplied a logarithm by the share: add log share.": (
                fixed((log_density * share).softmax(1))
            ),
            "The softmax runs over the codes: each code's row must sum to one, "
            "dim 1.": fixed(joint.softmax(0)),
            "This gives all to the most likely class: keep the doubt.": (
                fixed(F.one_hot(joint.argmax(1), 4).float())
            ),
            "These are logarithms: take exp, or softmax.": fixed(joint.log_softmax(1)),
            "These are densities times shares: divide each row by its sum.": (
                fixed(joint.exp())
            ),
            "−1 means unknown, and as an index it is the last class: leave these rows "
            "to the softmax.": F.one_hot(known % 4, 4).float(),
        },
        not_finite="A density far away is exp(−1000) = 0: use softmax.",
        why="Each unlabelled code now counts for every class as far as it may be "
        "one: the sum over y.",
    )
