"""Checks of chapter 9: the energy of what is seen, a Gaussian's answer, events."""

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from .core import Answer, Verdict, draws, exercise
from .diagnosis import compare


@exercise("ch9-energy", "The energy of a code, from what is seen")
def check_energy(answer: Answer) -> Verdict:
    """``answer(logits, x, seen, z)``: [N, P] twice, bool [P], [N, D]; gives [N]."""
    logits, z = 2 * draws(4, 12, seed=1), draws(4, 3, seed=2)
    x, seen = draws(4, 12, seed=3).sigmoid(), torch.arange(12) % 3 > 0

    def nats(logits: Tensor, x: Tensor) -> Tensor:
        return binary_cross_entropy_with_logits(logits, x, reduction="none")

    miss, prior = nats(logits, x)[:, seen].sum(1), z.square().sum(1) / 2
    squared = (logits.sigmoid() - x).square()[:, seen].sum(1)
    return compare(
        answer(logits, x, seen, z),
        miss + prior,
        mistakes={
            "The prior is missing: add ½ |z|².": miss,
            "The prior is ½ |z|²: you forgot the ½.": miss + 2 * prior,
            "You counted all pixels. Those that are hidden must not count.": (
                nats(logits, x).sum(1) + prior
            ),
            "You put black into the gap and counted it: a pixel that is not seen is "
            "not black. Leave it out.": nats(logits, x * seen).sum(1) + prior,
            "You counted the hidden pixels instead of the seen ones.": (
                nats(logits, x)[:, ~seen].sum(1) + prior
            ),
            "You averaged over pixels: sum, or the prior weighs too much.": (
                nats(logits, x)[:, seen].mean(1) + prior
            ),
            "You added up the images: each one has an energy of its own.": (
                (miss + prior).sum()
            ),
            "You averaged over the images: each one has an energy of its own.": (
                (miss + prior).mean()
            ),
            "The signs are turned round: an energy is a *negative* log.": -miss - prior,
            "The prior has the wrong sign: −log p(z) grows with |z|.": miss - prior,
            "This is the squared error; the decoder's pixels are probabilities of ink, "
            "so take the cross-entropy.": squared + prior,
        },
        why="Hidden pixels drop out, and the prior keeps what they show plausible.",
    )


@exercise("ch9-gaussian", "A Gaussian's answer")
def check_gaussian(answer: Answer) -> Verdict:
    """``answer(mu, C, A, y, noise)``: [P], [P, P], [M, P], [M], a number; gives [P]."""
    root = draws(5, 5, seed=4)
    mu, C = draws(5, seed=5) + 2, root @ root.T + 0.3 * torch.eye(5)
    A, y, noise = draws(2, 5, seed=6), draws(2, seed=7), 0.7

    def after(gap: Tensor, noise: float = noise, C: Tensor = C) -> Tensor:
        S = A @ C @ A.T + noise * torch.eye(2)
        return C @ A.T @ torch.linalg.solve(S, gap)

    return compare(
        answer(mu, C, A, y, noise),
        mu + after(y - A @ mu),
        mistakes={
            "This is the mean, which ignores y.": mu,
            "What surprises is y − A μ: you took y itself.": mu + after(y),
            "You found by how much the mean moves: add μ.": after(y - A @ mu),
            "It moves the wrong way: the surprise is y − A μ.": mu - after(y - A @ mu),
            "The noise is missing in A C Aᵀ + σ² I.": mu + after(y - A @ mu, 0.0),
            "`noise` is σ² already: do not square it.": (
                mu + after(y - A @ mu, noise**2)
            ),
            "You forgot the covariance C before Aᵀ: it carries what is seen to what "
            "is not.": mu
            + A.T @ torch.linalg.solve(A @ C @ A.T + noise * torch.eye(2), y - A @ mu),
            "You used the identity for C: then no pixel knows of another.": (
                mu + after(y - A @ mu, C=torch.eye(5))
            ),
            "You multiplied with A C Aᵀ + σ² I where its inverse belongs.": (
                mu + C @ A.T @ ((A @ C @ A.T + noise * torch.eye(2)) @ (y - A @ mu))
            ),
        },
        tolerance=1e-3,
        why="Seen numbers pull the others along, as far as they vary together.",
    )


@exercise("ch9-events", "How many faults were found?")
def check_events(answer: Answer) -> Verdict:
    """``answer(rings, fault)``: two bool [T]; gives the share of faults found."""
    fault, rings = torch.zeros(2, 60, dtype=torch.bool)
    for start, end in ((4, 24), (30, 33), (36, 40), (50, 54)):
        fault[start:end] = True
    rings[torch.tensor([6, 7, 23, 31, 44, 45, 53, 58])] = True
    hit = (fault & rings).sum().item()
    given = answer(rings, fault)
    ended = answer(rings[:54], fault[:54])
    verdict = compare(
        given,
        3 / 4,
        mistakes={
            "This is the share of faulty minutes that rang: count a fault once, "
            "however long it is.": hit / fault.sum().item(),
            "This is point adjustment: all minutes of a fault count as found, so long "
            "faults weigh more. Count faults.": 27 / 31,
            "This is the share of alarms that were right, the precision. Ask for each "
            "fault whether anything rang.": hit / rings.sum().item(),
            "You counted the faults that were found: divide by how many there "
            "are.": 3.0,
            "This is the share of faults that were missed.": 1 / 4,
            "You counted minutes that rang per fault: a fault that rings three times "
            "is found once.": hit / 4,
            "You asked whether a fault rings from its first minute to its last: one "
            "minute is enough.": 0.0,
            "You divided by the number of alarms, not of faults.": 3 / 6,
        },
        why="Four faults, three found; the longest counts no more than the others.",
    )
    if verdict.state == "right":
        return compare(
            ended,
            3 / 4,
            {"The last fault goes on to the end of the record; you lost it.": 2 / 3},
            why=verdict.message,
        )
    return verdict
