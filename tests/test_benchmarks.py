"""The benchmark measures what it says, and the page shows what was measured."""

from importlib.util import find_spec

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import page, quality
from benchmarks.contenders import FLOP_PER_IMAGE, contenders
from benchmarks.throughput import Runner, warm_up
from course_utils.datasets import load
from course_utils.models import DenseVAE
from course_utils.objectives import elbo_loss

ROWS = {row.name: row for row in contenders()}
needs_keras = pytest.mark.skipif(
    not (find_spec("keras") and find_spec("jax")), reason="the bench extra is missing"
)


def run(name: str, images: int = 2_000) -> dict:
    """Warm up one contender in its process, as the benchmark does."""
    runner = Runner(ROWS[name], "pen_strokes", images)
    try:
        return warm_up(runner, seconds=0.1)
    finally:
        runner.end()


def test_operations_are_those_that_pytorch_counts() -> None:
    images = torch.rand(64, 28, 28)
    with FlopCounterMode(display=False) as counter:
        elbo_loss()(DenseVAE(), images, None)["loss"].backward()
    assert counter.get_total_flops() == FLOP_PER_IMAGE * len(images)


def test_pytorch_examples_does_the_same_mathematics() -> None:
    ours, theirs = run("fit-128"), run("examples")
    assert theirs["nats"] == pytest.approx(ours["nats"], rel=0.05)


@needs_keras
def test_keras_does_the_same_mathematics() -> None:
    """With the same weights the same loss."""
    keras_peer = pytest.importorskip("benchmarks.keras_peer")
    images, model, peer = torch.rand(256, 28, 28), DenseVAE(), keras_peer.build("torch")
    heads = model.encoder[-1]
    torch.nn.init.constant_(heads.bias[2:], -40.0)  # a log-variance without noise
    torch.nn.init.zeros_(heads.weight[2:])
    ours = elbo_loss()(model, images, None)["loss"].item()

    pixels = images.flatten(1).numpy()
    peer.predict(pixels, verbose=0)  # builds the layers
    weights = [p.detach().numpy().T for p in model.parameters()]
    for theirs, mine in zip(peer.trainable_variables, weights, strict=True):
        theirs.assign(mine)
    loss = peer.evaluate(pixels, pixels, batch_size=256, verbose=0)
    assert loss == pytest.approx(ours, rel=1e-5)


@needs_keras
def test_keras_learns_in_its_own_process() -> None:
    runner = Runner(ROWS["keras-jax"], "pen_strokes", 2_000)
    (_, first), (_, second) = runner.train(1), runner.train(1)
    runner.end()
    assert 100 < second < first


def test_a_contender_that_fails_is_named() -> None:
    runner = Runner(ROWS["fit-128"], "no_such_data", 100)
    with pytest.raises(SystemExit, match="`fit` failed"):
        runner.train(1)
    runner.end()


@pytest.mark.parametrize("recipe", [quality.PLAIN, quality.FAST])
def test_a_recipe_trains_from_its_seed(recipe: dict) -> None:
    images = load("pen_strokes", quiet=True).train_images[:2_048]
    short = recipe | {"epochs": 1}
    result = quality.train_and_test(short, images, images, seed=3, mean_image=True)
    again = quality.train_and_test(short, images, images, seed=3, mean_image=True)
    assert result["nats"] == again["nats"]
    assert result["nats"] < quality.negative_elbo(DenseVAE(), images)


def test_page_shows_the_stored_results() -> None:
    text = page.PAGE.read_text()
    assert text == page.insert(text, page.stored()), "run: python -m benchmarks --page"


def test_page_admits_a_busy_machine_and_a_missed_quality() -> None:
    text = page.render(made_up(load=0.0, nats=149.0))
    assert "Other programs" not in text and "misses" not in text
    assert "reaches that: 149.00 nats in 10.0 s, 40 times faster" in text
    text = page.render(made_up(load=3.0, nats=152.0))
    assert "Other programs" in text and "misses" in text


def test_page_without_results_says_so() -> None:
    assert "no full run" in page.render(None)


def made_up(load: float, nats: float) -> page.Results:
    """Results in the form of a full run: every contender at 7,500 images/s."""
    runs = [{"seed": seed, "seconds": 10.0, "nats": nats} for seed in quality.SEEDS]
    return {
        "conditions": {
            "date": "a day",
            "machine": "a machine",
            "versions": "some versions",
            "data": "some data",
            "images": 60_000,
            "rounds": 2,
            "load": load,
        },
        "flop_per_image": FLOP_PER_IMAGE,
        "throughput": [
            {
                "name": row.name,
                "label": row.label,
                "batch": row.batch,
                "precision": row.precision,
                "first_epoch_s": 1.0,
                "images_per_s": [7_500.0, 7_500.0],
            }
            for row in ROWS.values()
        ],
        "quality": {
            "plain": {"recipe": quality.PLAIN, "nats": [151.0, 150.0]},
            "recipe": quality.FAST,
            "fast": runs,
            "fast, compiled": runs,
            "fast, compiled, first time": runs[0],
        },
    }
