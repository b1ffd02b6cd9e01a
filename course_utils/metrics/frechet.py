"""The Fréchet distance: how far two sets of feature vectors are from each other."""

from typing import Any

import torch
from torch import Tensor

from .inputs import as_numbers


def frechet_distance(a: Any, b: Any) -> float:
    """Distance of the normal distributions fitted to two sets of vectors.

    |μ_a − μ_b|² + tr(C_a + C_b − 2 (C_a C_b)^½), 0 for equal means and covariances
    (Dowson & Landau 1982). On the features of a classifier it is known as FID (Heusel
    et al. 2017). It grows as the sets shrink: compare sets of the same size only.

    Parameters
    ----------
    a, b : [N, D] and [M, D]; the unit of the result is theirs, squared

    Raises
    ------
    ValueError
        If the widths differ, a set has fewer than two vectors, or a value is no number.
    """
    a = as_numbers(a, "vectors of the first set").double()
    b = as_numbers(b, "vectors of the second set").double()
    if a.dim() != 2 or a.shape[1:] != b.shape[1:] or min(len(a), len(b)) < 2:
        raise ValueError(
            f"The sets have the shapes {list(a.shape)} and {list(b.shape)}: pass "
            "vectors of one width, [N, D] and [M, D], at least two of each."
        )
    cov_a, cov_b = (torch.atleast_2d(torch.cov(x.T)) for x in (a, b))
    root = _square_root(cov_a)
    # C_a C_b has the eigenvalues of the symmetric C_a^½ C_b C_a^½, all ≥ 0 and real
    # even where the covariances are singular, as those of dead units are.
    eigenvalues = torch.linalg.eigvalsh(root @ cov_b @ root)
    cross = eigenvalues.clamp(min=0).sqrt().sum()
    apart = (a.mean(0) - b.mean(0)).square().sum()
    return max(0.0, (apart + cov_a.trace() + cov_b.trace() - 2 * cross).item())


def frechet_floor(features: Any, *, seed: int = 0) -> float:
    """The distance between two random halves of one set [N, D], never quite 0.

    No generator can be told from the real thing below it: report it beside every
    Fréchet distance, for sets as large as a half. Raises ValueError for fewer than four
    vectors, and for values that are no numbers.
    """
    features = as_numbers(features, "vectors")
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(features), generator=generator)
    first, second = features[order].tensor_split([len(features) // 2])
    return frechet_distance(first, second)


def _square_root(covariance: Tensor) -> Tensor:
    """The symmetric root of a covariance [D, D]; rounding below 0 counts as 0."""
    values, vectors = torch.linalg.eigh(covariance)
    return (vectors * values.clamp(min=0).sqrt()) @ vectors.T
