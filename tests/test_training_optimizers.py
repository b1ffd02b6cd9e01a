"""Turned Adam: what it promises, and that it leaves nothing behind."""

import pytest
import torch
from torch import nn

from course_utils import runtime
from course_utils.training import fit
from course_utils.training.optimizers import TurnedAdam, adam

WIDTH = 20


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    runtime.setup(0, device="cpu", budget="smoke")


def bowl():
    """Inputs [64, 20] that vary together, most along few axes, and what to predict."""
    dice = torch.Generator().manual_seed(0)
    widths = torch.logspace(0, -2, WIDTH)
    mixed = torch.linalg.qr(torch.randn(WIDTH, WIDTH, generator=dice))[0]
    inputs = torch.randn(64, WIDTH, generator=dice) * widths @ mixed
    truth = torch.randn(WIDTH, 24, generator=dice)
    return inputs, inputs @ truth


def losses(make, inputs, targets, first, steps=60):
    layer = nn.Linear(WIDTH, 24, bias=False)
    with torch.no_grad():
        layer.weight.copy_(first)
    optimizer, seen = make(layer, 0.1, (0.9, 0.99)), []
    for _ in range(steps):
        loss = (layer(inputs) - targets).square().mean()
        seen.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return torch.tensor(seen)


def test_it_does_the_same_in_whatever_axes_the_inputs_are_given():
    """Adam does not: turn inputs and weights alike, and it takes another way."""
    inputs, targets = bowl()
    dice = torch.Generator().manual_seed(1)
    turn = torch.linalg.qr(torch.randn(WIDTH, WIDTH, generator=dice))[0]
    first = 0.1 * torch.randn(24, WIDTH, generator=dice)
    for make, tolerance in ((TurnedAdam, 1e-3), (adam, None)):
        here = losses(make, inputs, targets, first)
        there = losses(make, inputs @ turn, targets, first @ turn)
        gap = ((here - there).abs() / here).max()
        assert gap < tolerance if tolerance else gap > 0.1


def test_it_is_faster_down_a_bowl_of_inputs_that_vary_together():
    inputs, targets = bowl()
    first = torch.zeros(24, WIDTH)
    turned = losses(TurnedAdam, inputs, targets, first)
    plain = losses(adam, inputs, targets, first)
    assert turned[-1] < 0.5 * plain[-1]


def test_it_turns_wide_layers_with_as_many_outputs():
    model = nn.Sequential(
        nn.Linear(600, 20), nn.Linear(20, 16), nn.Linear(16, 32), nn.Linear(32, 32),
        nn.Linear(32, 40).requires_grad_(False),
    )  # fmt: skip
    optimizer = TurnedAdam(model, 0.1, (0.9, 0.99))
    assert list(optimizer.turned) == [model[3]]
    optimizer.close()
    assert not any(layer._forward_pre_hooks for layer in model)


class Narrow(nn.Module):
    """6×6 pixels → 2 numbers → 24 → 36 pixels; the last layer is turned."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.Sequential(
            nn.Flatten(), nn.Linear(36, 2), nn.Linear(2, 24), nn.ReLU(),
            nn.Linear(24, 36), nn.Unflatten(1, (6, 6)),
        )  # fmt: skip

    def forward(self, images):
        return self.layers(images)


def error(model, images, labels):
    return {"loss": (model(images) - images).square().sum() / len(images)}


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_fit_uses_it_keeps_the_model_and_leaves_no_hook(precision):
    images = torch.rand(96, 6, 6, generator=torch.Generator().manual_seed(0))
    recipe = {"epochs": 3, "optimizer": "turned adam", "schedule": "trapezoid",
              "precision": precision, "keep_as": "toy", "progress": False}  # fmt: skip
    model = Narrow()
    history = fit(model, error, images, **recipe)
    assert history.rows[-1]["loss"] < history.rows[0]["loss"]
    assert not model.layers[4]._forward_pre_hooks
    again = Narrow()
    assert fit(again, error, images, **recipe).reused
    assert torch.equal(again.layers[4].weight, model.layers[4].weight)
    assert not fit(Narrow(), error, images, **recipe | {"optimizer": "adam"}).reused
