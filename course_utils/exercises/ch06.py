"""Checks of chapter 6: the arc, an attribute's direction, two attributes at once."""

import torch
from torch import Tensor

from .core import Answer, Verdict, draws, exercise
from .diagnosis import compare


@exercise("ch6-arc", "A point on the arc between two codes")
def check_arc(answer: Answer) -> Verdict:
    """``answer(a, b, t)``: two [P, D] and a number between 0 and 1, gives [P, D]."""
    a, b = draws(2, 5, 16, seed=6).unbind()
    a, b, t = 0.2 * a, 0.1 * b, 0.25  # short, so that every product has an arccos
    unit_a = a / a.norm(dim=1, keepdim=True)
    unit_b = b / b.norm(dim=1, keepdim=True)
    angle = (unit_a * unit_b).sum(1, keepdim=True).arccos()

    def arc(
        a: Tensor, b: Tensor, angle: Tensor, share: float = t, divide: bool = True
    ) -> Tensor:
        turn = ((1 - share) * angle).sin() * a + (share * angle).sin() * b
        return turn / angle.sin() if divide else turn

    lengths = (1 - t) * a.norm(dim=1) + t * b.norm(dim=1)
    whole = torch.cosine_similarity(a.flatten(), b.flatten(), dim=0).arccos()
    columns = torch.cosine_similarity(a, b, dim=0).arccos()
    return compare(
        answer(a, b, t),
        arc(a, b, angle),
        mistakes={
            "This is the straight line: weigh with sines of the angle.": (
                (1 - t) * a + t * b
            ),
            "The direction is right, but every code has length one: use `a` and `b` "
            "themselves in the formula, unit vectors only for the angle.": (
                arc(unit_a, unit_b, angle)
            ),
            "Here the length changes evenly, as in `cu.latent.slerp`: put `a` and `b` "
            "themselves into the formula, unit vectors only into the angle.": (
                arc(unit_a, unit_b, angle) * lengths[:, None]
            ),
            "You took the dot product for the cosine: divide it by both lengths "
            "first.": (arc(a, b, (a * b).sum(1, keepdim=True).arccos())),
            "`a` and `b` are swapped: t = 0 must give a.": arc(a, b, angle, 1 - t),
            "The division by sin ω is missing.": arc(a, b, angle, divide=False),
            "You used one angle for the whole batch: each pair has its own, so sum "
            "over dim 1 only.": arc(a, b, whole),
            "Your cosine runs over the batch: the numbers of one code are in "
            "dim 1.": arc(a, b, columns),
            "You used the cosine as the angle: take its arccos.": (
                arc(a, b, angle.cos())
            ),
            "You turned the angle into degrees: `torch.sin` wants radians.": (
                arc(a, b, angle.rad2deg())
            ),
        },
        why="At t = ½ it keeps the length that the straight line loses.",
    )


@exercise("ch6-direction", "The direction of an attribute")
def check_direction(answer: Answer) -> Verdict:
    """``answer(codes, has)``: [N, D] and bool [N], gives [D]."""
    codes = draws(40, 6, seed=7) + 1
    has = torch.arange(40) % 4 == 0
    codes[has] += torch.arange(6.0)
    mean_with, mean_without = codes[has].mean(0), codes[~has].mean(0)
    right = mean_with - mean_without
    return compare(
        answer(codes, has),
        right,
        mistakes={
            "It points from with to without: adding it would remove the attribute.": (
                -right
            ),
            "This is the mean code of those who have it: a place, not a direction. "
            "Subtract the mean of the others.": mean_with,
            "You subtracted the mean of all codes, which holds some with the "
            "attribute: subtract the mean of those without.": (
                mean_with - codes.mean(0)
            ),
            "You summed: the groups differ in size, so take means.": (
                codes[has].sum(0) - codes[~has].sum(0)
            ),
            "This is one number: average over the codes only, dim 0.": right.mean(),
            "You scaled it to length one: then 1 is no longer the step from without "
            "to with.": right / right.norm(),
        },
        why="One step along it leads from the mean code without to the mean with.",
    )


@exercise("ch6-both", "Directions of several attributes at once")
def check_both(answer: Answer) -> Verdict:
    """``answer(codes, attributes)``: [N, D] and [N, K] of 0 and 1, gives [K, D]."""
    has = draws(200, 3, seed=8) < 0
    has[:, 1] = torch.where(torch.arange(200) % 5 > 0, has[:, 0], has[:, 1])
    attributes = has.float()
    codes = attributes @ draws(3, 5, seed=9) + 3 + 0.1 * draws(200, 5, seed=10)
    with_ones = torch.cat([attributes, torch.ones(200, 1)], dim=1)
    solved = torch.linalg.lstsq(with_ones, codes).solution
    ones_first = torch.linalg.lstsq(with_ones.roll(1, 1), codes).solution
    apart = torch.stack(
        [codes[h].mean(0) - codes[~h].mean(0) for h in has.unbind(1)], dim=0
    )
    return compare(
        answer(codes, attributes),
        solved[:-1],
        mistakes={
            "The column of ones is missing: without it the directions must also "
            "explain where the codes' centre lies.": (
                torch.linalg.lstsq(attributes, codes).solution
            ),
            "These are the differences of means, one attribute at a time: each one "
            "still holds a part of the other. Solve for both together.": apart,
            "The last row belongs to the column of ones: it is the code of those "
            "who have neither. Leave it out.": solved,
            "The first row belongs to the column of ones: leave it out.": ones_first,
            "Your column of ones stands first, so you cut off the wrong row.": (
                ones_first[:-1]
            ),
            "It is transposed: one row for each attribute.": solved[:-1].T,
            "There are K attributes, not always two: leave out the last row only, "
            "`[:-1]`.": solved[:2],
        },
        tolerance=1e-3,
        why="Each direction now says what its attribute adds, the other unchanged.",
    )
