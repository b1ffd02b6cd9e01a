"""Checks of chapter 13: a bound under any prior, a flow run, guidance."""

import torch
from torch import Tensor

from .core import Answer, Verdict, draws, exercise
from .diagnosis import compare


@exercise("ch13-bound", "The bill under another prior")
def check_bound(answer: Answer) -> Verdict:
    """``answer(nll, log_q, log_p)``: [N] each, gives nats [N]."""
    nll = 90 + 5 * draws(8, seed=1)
    log_q, log_p = 6 + 2 * draws(8, seed=2), -20 + 3 * draws(8, seed=3)
    right = nll + log_q - log_p
    return compare(
        answer(nll, log_q, log_p),
        right,
        mistakes={
            "The signs of the two logarithms are exchanged: a code that the prior "
            "finds likely is cheap.": nll - log_q + log_p,
            "log q is missing: without it a code of many digits costs as if all of "
            "them had to be sent. The noise gives some of it back.": nll - log_p,
            "log q is given back, not paid again: it has a plus in the bill.": (
                nll - log_q - log_p
            ),
            "log p enters with a minus: the less likely the code, the dearer.": (
                nll + log_q + log_p
            ),
            "The prior is missing: nothing is paid for the code.": nll,
            "This is what the code costs; the image is missing.": log_q - log_p,
            "This is the bound on log p(x); the bill is minus it.": -right,
            "You averaged over the images: return [N].": right.mean(),
        },
        why="Only the last term knows the prior: change it, and no network moves.",
    )


def _velocity(z: Tensor, t: Tensor) -> Tensor:
    """A field that depends on place and time, so that every slip shows."""
    return (1 + t[:, None]) * z.flip(1) - 0.5 * t[:, None] ** 2


@exercise("ch13-euler", "Run the flow")
def check_euler(answer: Answer) -> Verdict:
    """``answer(velocity, z, steps)``: z [N, D] at time 0, gives [N, D] at time 1."""
    start, steps = draws(5, 3, seed=4), 8

    def run(times: list[float], size: float, sign: float = 1.0) -> Tensor:
        z = start.clone()
        for time in times:
            z = z + sign * size * _velocity(z, torch.full((5,), time))
        return z

    early = [k / steps for k in range(steps)]
    right = run(early, 1 / steps)
    return compare(
        answer(_velocity, start.clone(), steps),
        right,
        mistakes={
            "Each step is `steps` times too long: a velocity moves a code by velocity "
            "/ steps.": run(early, 1.0),
            "You took the velocity at the end of each step: step k begins at time "
            "k / steps.": run([t + 1 / steps for t in early], 1 / steps),
            "Time stands still: the network must be told how late it is.": (
                run([0.0] * steps, 1 / steps)
            ),
            "This runs from 1 to 0: noise is at time 0, data at time 1.": (
                run([1 - t for t in early], 1 / steps)
            ),
            "You step against the velocity: it points from noise to data.": (
                run(early, 1 / steps, -1.0)
            ),
            "One step is missing: there are `steps` of them.": (
                run(early[:-1], 1 / steps)
            ),
            "One step too many: `range(steps)`, not `range(steps + 1)`.": (
                run([*early, 1.0], 1 / steps)
            ),
            "This is a single step of length 1: go in `steps` short ones.": (
                run([0.0], 1.0)
            ),
            "Nothing has moved.": start,
        },
        not_finite="A step of length 1 / steps keeps all numbers small.",
        why="More steps follow the curve more closely; straight ways need few.",
    )


@exercise("ch13-guidance", "Turn guidance up")
def check_guidance(answer: Answer) -> Verdict:
    """``answer(v_any, v_label, w)``: velocities [N, D] and a number, gives [N, D]."""
    v_any, v_label, w = draws(6, 4, seed=5), draws(6, 4, seed=6), 2.5
    right = v_any + w * (v_label - v_any)
    return compare(
        answer(v_any, v_label, w),
        right,
        mistakes={
            "With w = 1 the label's velocity should come out, with w = 0 the other; "
            "yours is one w further (some papers count so).": (
                v_label + w * (v_label - v_any)
            ),
            "You exchanged the two: w = 1 is the label's.": (
                v_label + w * (v_any - v_label)
            ),
            "You push away from the label: the difference is label minus any.": (
                v_any - w * (v_label - v_any)
            ),
            "You clamped w to 1: guidance goes beyond the label, on purpose.": v_label,
            "Both weights are w: the other has 1 − w.": w * (v_any + v_label),
            "The velocity without a label keeps its share, 1 − w: you only scaled the "
            "label's.": w * v_label,
            "You added w times the label's velocity; add w times the *difference*.": (
                v_any + w * v_label
            ),
            "This is the extra push alone: add it to the velocity without a label.": (
                w * (v_label - v_any)
            ),
        },
        why="A line through two velocities, followed beyond its end.",
    )
