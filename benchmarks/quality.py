"""Time to quality: seconds to the test ELBO that the plain recipe ends at.

The plain recipe is the one most people would write down. The fast one gets as far
in fewer and larger steps, and starts from the data's mean image. Where either ends
depends on the seed, so means over several seeds are compared.
"""

import json
import time
from pathlib import Path
from typing import Any

from torch import Tensor

from course_utils.datasets import Dataset
from course_utils.models import DenseVAE, set_output_bias
from course_utils.objectives import elbo_loss
from course_utils.runtime import seed_everything
from course_utils.training import evaluate, fit

from .contenders import compiled

#: Where the plain recipe ended, by data set: it takes minutes a seed, and quality,
#: unlike speed, is the same on every machine. ``--reference`` measures it anew.
REFERENCE = Path(__file__).parent / "reference.json"
PLAIN: dict[str, Any] = {
    "epochs": 50,
    "batch_size": 128,
    "lr": 1e-3,
    "precision": "float32",
}
FAST: dict[str, Any] = {
    "epochs": 12,
    "batch_size": 1024,
    "lr": 0.04,
    "betas": (0.9, 0.99),
    "schedule": "linear",
    "warmup": 100,
}
DRAWS = 5  # codes per test image; the same draws for every model
SEEDS = range(5)


def train_and_test(
    recipe: dict[str, Any],
    train: Tensor,
    test: Tensor,
    seed: int,
    compile: bool = False,
    mean_image: bool = False,
) -> dict[str, Any]:
    """Train once: ``seconds`` (all of ``fit``), and ``nats`` per test image."""
    seed_everything(seed)
    started = time.perf_counter()
    model = DenseVAE()
    if mean_image:
        set_output_bias(model, train)
    objective = elbo_loss()
    if compile:
        objective = compiled(objective, recipe["batch_size"])
    fit(model, objective, train, seed=seed, progress=False, **recipe)
    seconds = time.perf_counter() - started
    return {"seed": seed, "seconds": seconds, "nats": negative_elbo(model, test)}


def negative_elbo(model: DenseVAE, test: Tensor) -> float:
    """Nats per test image, in float32, averaged over ``DRAWS`` draws of the codes."""
    draws = range(DRAWS)
    return (
        sum(evaluate(model, elbo_loss(), test, seed=s)["loss"] for s in draws) / DRAWS
    )


def measure_reference(data: Dataset) -> None:
    """Train by the plain recipe from every seed; store where each ended, at once."""
    stored = json.loads(REFERENCE.read_text()) if REFERENCE.exists() else {}
    nats: list[float] = []
    stored[data.name] = {"recipe": PLAIN, "nats": nats}
    for seed in SEEDS:
        run = train_and_test(PLAIN, data.train_images, data.test_images, seed)
        nats.append(run["nats"])
        print(f"  plain recipe, seed {seed}: {run['nats']:.2f} nats", flush=True)
        REFERENCE.write_text(json.dumps(stored, indent=1) + "\n")


def reference(data: Dataset) -> dict[str, Any]:
    """The stored reference for this data set and the plain recipe as it stands."""
    stored = json.loads(REFERENCE.read_text()) if REFERENCE.exists() else {}
    found = stored.get(data.name)
    if not found or found["recipe"] != PLAIN:
        raise SystemExit(
            f"Where the plain recipe ends on {data.title} was never measured: run "
            "python -m benchmarks --reference first (some ten minutes)."
        )
    return found


def measure(data: Dataset) -> dict[str, Any]:
    """The fast recipe, eager and compiled, and the reference to stand beside."""
    results: dict[str, Any] = {"plain": reference(data), "recipe": FAST}
    for name, compile in [("fast", False), ("fast, compiled", True)]:
        print(f"  {FAST['epochs']} epochs of the {name} recipe, {len(SEEDS)} seeds")
        # The first training compiles and wakes the threads; it counts apart.
        results[f"{name}, first time"], *results[name] = [
            train_and_test(
                FAST, data.train_images, data.test_images, seed, compile, True
            )
            for seed in (0, *SEEDS)
        ]
    return results
