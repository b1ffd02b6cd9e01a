"""The Fréchet distance against what is known of Gaussians."""

import pytest
import torch

from course_utils.metrics.frechet import frechet_distance, frechet_floor


def draws(count, *, mean, spread, seed):
    """Vectors whose sample mean and covariance are exactly these (diagonal)."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(count, len(mean), generator=generator, dtype=torch.float64)
    x = x - x.mean(0)
    root = torch.linalg.cholesky(torch.linalg.inv(torch.cov(x.T)))
    return x @ root * torch.tensor(spread) + torch.tensor(mean)


def test_it_is_the_closed_form_for_diagonal_gaussians():
    a = draws(400, mean=[0.0, 1.0, 2.0], spread=[1.0, 2.0, 0.5], seed=0)
    b = draws(300, mean=[1.0, 1.0, 0.0], spread=[3.0, 2.0, 1.0], seed=1)
    by_hand = (1 + 0 + 4) + ((1 - 3) ** 2 + 0 + (0.5 - 1) ** 2)
    assert frechet_distance(a, b) == pytest.approx(by_hand, rel=1e-9)
    assert frechet_distance(b, a) == pytest.approx(by_hand, rel=1e-9)


def test_rotating_both_sets_changes_nothing():
    a = draws(200, mean=[0.0, 1.0], spread=[1.0, 3.0], seed=0)
    b = draws(200, mean=[2.0, 0.0], spread=[2.0, 0.1], seed=1)
    turn, _ = torch.linalg.qr(torch.tensor([[1.0, 2.0], [-3.0, 1.0]]).double())
    there = frechet_distance(a @ turn, b @ turn)
    assert there == pytest.approx(frechet_distance(a, b), rel=1e-9)


def test_covariances_that_do_not_commute():
    """Against scipy's general matrix square root."""
    linalg = pytest.importorskip("scipy.linalg")
    generator = torch.Generator().manual_seed(2)
    a = torch.randn(50, 4, generator=generator).double()
    b = a.flip(0) @ torch.randn(4, 4, generator=generator).double() + 1
    cov_a, cov_b = torch.cov(a.T).numpy(), torch.cov(b.T).numpy()
    cross = linalg.sqrtm(cov_a @ cov_b).real.trace()
    expected = (a.mean(0) - b.mean(0)).square().sum().item()
    expected += cov_a.trace() + cov_b.trace() - 2 * cross
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-6)


def test_dead_units_and_equal_sets_give_zero_not_nan():
    a = torch.randn(100, 5)
    a[:, 3] = 0
    assert frechet_distance(a, a.clone()) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(torch.zeros(9, 2), torch.ones(9, 2)) == pytest.approx(2)


def test_the_floor_is_above_zero_and_falls_with_more_images():
    x = torch.randn(4000, 8, generator=torch.Generator().manual_seed(3))
    assert 0 < frechet_floor(x) < frechet_floor(x[:400]) / 4
    assert frechet_floor(x) == frechet_floor(x)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (torch.rand(5, 3), torch.rand(5, 4), r"\[5, 3\] and \[5, 4\]"),
        (torch.rand(1, 3), torch.rand(5, 3), "at least two"),
        (torch.rand(5, 2, 2), torch.rand(5, 2, 2), "of one width"),
        (
            torch.rand(5, 3),
            torch.full((5, 3), torch.nan),
            "5 of the 5 vectors of the second",
        ),
    ],
)
def test_what_cannot_be_compared_is_said(a, b, message):
    with pytest.raises(ValueError, match=message):
        frechet_distance(a, b)
