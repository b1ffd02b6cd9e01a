"""Time to quality: seconds to the test ELBO that the plain recipe ends at.

The plain recipe is the one most people would write down. The fast one gets as far
in fewer and larger steps, and starts from the data's mean image.
"""

import time
from typing import Any

from torch import Tensor

from course_utils.models import DenseVAE, set_output_bias
from course_utils.objectives import elbo_loss
from course_utils.runtime import seed_everything
from course_utils.training import evaluate, fit

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
    "schedule": "linear",
    "betas": (0.9, 0.95),
}
DRAWS = 5  # codes per test image; the same draws for every model


def train_and_test(
    recipe: dict[str, Any], train: Tensor, test: Tensor, seed: int, compile: bool
) -> dict[str, Any]:
    """Train once: ``seconds`` (all of ``fit``), and ``nats`` per test image."""
    seed_everything(seed)
    started = time.perf_counter()
    model = DenseVAE()
    if recipe is FAST:
        set_output_bias(model, train)
    fit(model, elbo_loss(), train, seed=seed, compile=compile, progress=False, **recipe)
    seconds = time.perf_counter() - started
    return {"seed": seed, "seconds": seconds, "nats": negative_elbo(model, test)}


def negative_elbo(model: DenseVAE, test: Tensor) -> float:
    """Nats per test image, in float32, averaged over ``DRAWS`` draws of the codes."""
    draws = range(DRAWS)
    return (
        sum(evaluate(model, elbo_loss(), test, seed=s)["loss"] for s in draws) / DRAWS
    )


def measure(train: Tensor, test: Tensor, seeds: int) -> dict[str, Any]:
    """Both recipes on this machine: ``plain`` once, ``fast`` eager and compiled."""
    results: dict[str, Any] = {
        "draws": DRAWS,
        "recipes": {"plain": PLAIN, "fast": FAST},
    }
    print(f"  {PLAIN['epochs']} epochs of the plain recipe")
    results["plain"] = train_and_test(PLAIN, train, test, 0, compile=False)
    for name, compile in [("fast", False), ("fast, compiled", True)]:
        print(f"  {FAST['epochs']} epochs of the {name} recipe, {seeds} seeds")
        # The first run warms up: it compiles, or wakes the threads. It counts apart.
        results[f"{name}, first time"] = train_and_test(FAST, train, test, 0, compile)
        results[name] = [
            train_and_test(FAST, train, test, seed, compile) for seed in range(seeds)
        ]
    return results
