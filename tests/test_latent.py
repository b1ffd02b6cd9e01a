"""Walks, mixtures and lattices, against what they must be in closed form."""

import math

import pytest
import torch

from course_utils.latent import barycentric, grid, lerp, slerp, triangle

START, END = torch.randn(2, 16, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("walk", [lerp, slerp])
def test_walks_go_from_start_to_end(walk):
    points = walk(START, END, 7)
    assert points.shape == (7, 16)
    torch.testing.assert_close(points[0], START)
    torch.testing.assert_close(points[-1], END)


def test_lerp_walks_straight_from_end_to_end():
    path = lerp(torch.tensor([0.0, 2.0]), torch.tensor([4.0, 0.0]), 5)
    assert path.tolist() == [[0, 2], [1, 1.5], [2, 1], [3, 0.5], [4, 0]]


def test_the_grid_starts_at_the_top_left_as_a_plot_does():
    points = grid(-1, 1, 3)
    assert points.shape == (9, 2)
    assert points[0].tolist() == [-1, 1] and points[2].tolist() == [1, 1]
    assert points[-1].tolist() == [1, -1]


@pytest.mark.parametrize("walk", [lerp, slerp])
@pytest.mark.parametrize("steps", [1, 5, 7])
def test_a_batch_is_walked_pair_by_pair(walk, steps):
    starts, ends = torch.randn(2, 5, 16, generator=torch.Generator().manual_seed(1))
    ends[2] = starts[2]  # a pair that is no arc
    ways = walk(starts, ends, steps)
    assert ways.shape == (steps, 5, 16)
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        torch.testing.assert_close(ways[:, i], walk(start, end, steps))


@pytest.mark.parametrize("walk", [lerp, slerp])
def test_walks_keep_float64_and_have_gradients_everywhere(walk):
    assert walk(START.double(), END.double(), 3).dtype == torch.float64
    start = START.clone().requires_grad_()
    for end in (END, START, 2 * START):
        (gradient,) = torch.autograd.grad(walk(start, end, 5).sum(), start)
        assert gradient.isfinite().all()


@pytest.mark.parametrize("walk", [lerp, slerp])
def test_codes_that_no_walk_joins_are_refused(walk):
    for bad in (math.inf, math.nan):
        with pytest.raises(ValueError, match="A code holds NaN or infinity"):
            walk(START, END * bad, 2)
    with pytest.raises(ValueError, match=r"\[16\] and \[2, 16\]: pass two codes"):
        walk(START, torch.stack([START, END]), 2)


def test_between_the_axes_of_a_plane_slerp_is_cosine_and_sine():
    east, north = torch.eye(2)
    angles = torch.linspace(0, math.pi / 2, 10)
    circle = torch.stack([angles.cos(), angles.sin()], dim=1)
    torch.testing.assert_close(slerp(east, north, 10), circle)


def test_on_a_sphere_slerp_stays_while_lerp_takes_the_chord():
    start, end = (4 * code / code.norm() for code in (START, END))
    assert (slerp(start, end, 9).norm(dim=1) - 4).abs().max() < 1e-5
    angle = torch.acos((start @ end) / 16)
    middle = lerp(start, end, 9)[4].norm()
    assert abs(middle - 4 * torch.cos(angle / 2)) < 1e-5


def test_slerp_turns_at_a_constant_speed_in_the_plane_of_its_ends():
    points = slerp(START, END, 8)
    ways = points / points.norm(dim=1, keepdim=True)
    turns = torch.acos((ways[:-1] * ways[1:]).sum(1))
    assert turns.max() - turns.min() < 1e-3
    plane = torch.linalg.qr(torch.stack([START, END], dim=1)).Q
    torch.testing.assert_close(points @ plane @ plane.T, points)


def test_slerp_changes_the_length_evenly():
    lengths = slerp(START, 3 * END, 5).norm(dim=1)
    even = torch.linspace(START.norm().item(), 3 * END.norm().item(), 5)
    torch.testing.assert_close(lengths, even)


@pytest.mark.parametrize("angle", [0.0, 1e-6, 5e-5, 2e-4, 1e-2, 3.0, 3.139])
def test_slerp_is_right_for_the_smallest_and_the_largest_angles(angle):
    start = torch.tensor([1.0, 0.0])
    end = torch.tensor([math.cos(angle), math.sin(angle)])
    middle = torch.tensor([math.cos(angle / 2), math.sin(angle / 2)])
    assert (slerp(start, end, 3)[1] - middle).abs().max() < 1e-3


def test_codes_that_no_single_arc_joins_are_refused():
    with pytest.raises(ValueError, match="opposite"):
        slerp(START, -2 * START, 5)
    for pair in [(START, 0 * END), (0 * START, END)]:
        with pytest.raises(ValueError, match="code of zeros has no direction"):
            slerp(*pair, 5)


def test_barycentric_mixtures():
    corners = torch.tensor([[0.0, 0.0], [4.0, 0.0], [0.0, 2.0]])
    torch.testing.assert_close(barycentric(corners, torch.eye(3)), corners)
    middle = barycentric(corners, torch.full((1, 3), 1 / 3))
    torch.testing.assert_close(middle, corners.mean(0, keepdim=True))
    edge = torch.tensor([[0.25, 0.75, 0.0]])
    torch.testing.assert_close(barycentric(corners, edge), torch.tensor([[3.0, 0.0]]))
    with pytest.raises(ValueError, match="sum to 1"):
        barycentric(corners, torch.tensor([[0.5, 0.5, 0.5]]))
    torch.testing.assert_close(
        barycentric(corners.double(), torch.eye(3)), corners.double()
    )
    with pytest.raises(ValueError, match="NaN"):
        barycentric(corners * torch.nan, torch.eye(3))


def test_the_triangle_has_its_corners_where_they_belong_and_even_steps():
    weights = triangle(4)
    assert weights.shape == (10, 3) and (weights >= 0).all()
    torch.testing.assert_close(weights.sum(1), torch.ones(10))
    assert torch.equal(weights[[0, 6, 9]], torch.eye(3))
    corners = torch.tensor([[0.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])
    x, y = barycentric(corners, weights).T
    torch.testing.assert_close(y[[0, 1, 3, 6]], torch.linspace(1, -1, 4))  # its rows
    torch.testing.assert_close(x[6:], torch.linspace(-1, 1, 4))  # the lowest
    assert len(weights.unique(dim=0)) == 10
    with pytest.raises(ValueError, match="two rows"):
        triangle(1)
