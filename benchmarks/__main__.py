"""How soon the reference model is good: ``fit`` beside the loop of pytorch/examples.

python -m benchmarks                  five seeds of each; writes the page of the book
python -m benchmarks --quick          a rehearsal of a minute; writes nothing
python -m benchmarks --device cuda    also what an accelerator is worth

The reference model is the dense VAE 784-256-2 with Bernoulli pixels. All contenders
take turns, seed by seed, so that what slows the machine for a minute slows all of them.
"""

import argparse
import datetime
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import MNIST

import course_utils as cu
from course_utils.models import DenseVAE, set_output_bias
from course_utils.objectives import elbo_loss

from . import accelerator

PAGE = Path(__file__).parents[1] / "book/benchmarks.md"
START = "<!-- measured: written by `python -m benchmarks`, not by hand -->\n"
END = "<!-- end of measured -->\n"

SEEDS = list(range(5))
DRAWS = 5  # codes per test image
RECIPES: dict[str, dict[str, Any]] = {
    "textbook": {"epochs": 50, "batch_size": 128, "lr": 1e-3, "precision": "float32"},
    "large batches": {
        "epochs": 12,
        "batch_size": 1024,
        "lr": 0.04,
        "betas": (0.9, 0.99),
        "schedule": "linear",
        "warmup": 100,
    },
    "turned Adam": {
        "epochs": 3,
        "batch_size": 512,
        "lr": 0.03,
        "betas": (0.9, 0.99),
        "schedule": "trapezoid",
        "warmup": 100,
        "optimizer": "turned adam",
    },
}


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="few images, one seed")
    parser.add_argument("--device", help="cuda, mps, xpu; default: the CPU")
    asked = parser.parse_args()
    cu.setup(device=asked.device or "cpu", budget="cpu")
    data = cu.load()
    train, test, seeds = data.train_images, data.test_images, SEEDS
    if asked.quick:
        train, test, seeds = train[:5_000], test[:1_000], seeds[:1]
    text = conditions(data.title, len(train), seeds) + table(
        measure(train, test, seeds)
    )
    if asked.device:
        text += "\n" + accelerator.report(train, test, seconds=1 if asked.quick else 60)
    print("\n" + text)
    if not asked.quick:
        page = PAGE.read_text("utf-8")
        before, rest = page.split(START)
        page = before + START + "\n" + text + "\n" + END + rest.split(END)[1]
        PAGE.write_text(page, "utf-8")
        print(f"Written to {PAGE}")


Run = dict[str, float]


def measure(train: Tensor, test: Tensor, seeds: list[int]) -> dict[str, list[Run]]:
    """Train every contender from every seed, in turn; a run: seconds and test nats."""
    contenders: dict[str, Callable[[Tensor, int], Run]] = {
        "pytorch/examples": lambda images, seed: examples(images, seed),
        **{
            f"`fit`, {name}": lambda images, seed, r=recipe: ours(images, test, seed, r)
            for name, recipe in RECIPES.items()
        },
    }
    for contender in contenders.values():
        contender(train[:2_000], 0)  # threads, memory and files are warm after this
    runs: dict[str, list[Run]] = {name: [] for name in contenders}
    for seed in seeds:
        for name, contender in contenders.items():
            runs[name].append(contender(train, seed))
            print(f"seed {seed}, {name}: {runs[name][-1]}", flush=True)
    # The same mathematics at the same recipe ends at the same quality.
    for run, twin in zip(
        runs["pytorch/examples"], runs["`fit`, textbook"], strict=True
    ):
        run["nats"] = twin["nats"]
    return runs


def ours(train: Tensor, test: Tensor, seed: int, recipe: dict[str, Any]) -> Run:
    """The course's ``fit`` from a new model to its last epoch."""
    cu.seed_everything(seed)
    began = time.perf_counter()
    model = DenseVAE()
    if recipe is not RECIPES["textbook"]:
        set_output_bias(model, train)
    cu.fit(model, elbo_loss(), train, seed=seed, progress=False, **recipe)
    seconds = time.perf_counter() - began
    draws = range(DRAWS)  # the same for every model
    nats = mean(cu.evaluate(model, elbo_loss(), test, seed=s)["loss"] for s in draws)
    return {"seconds": seconds, "nats": nats}


class InMemory(MNIST):
    """torchvision's MNIST with its own ``__getitem__``, on images we already have."""

    def __init__(self, images: Tensor) -> None:
        super(MNIST, self).__init__(root="", transform=transforms.ToTensor())
        self.data, self.targets = images, torch.zeros(len(images), dtype=torch.long)


def examples(images: Tensor, seed: int) -> Run:
    """The structure of pytorch/examples' VAE: torchvision, DataLoader, eager loop.

    One epoch is run; the textbook recipe takes as many times as long as it has epochs.
    """
    device = cu.current().device
    cuda = device.type == "cuda"
    loader: DataLoader[Any] = DataLoader(
        InMemory(images),
        batch_size=RECIPES["textbook"]["batch_size"],
        shuffle=True,
        num_workers=1 if cuda else 0,
        pin_memory=cuda,
    )
    cu.seed_everything(seed)
    model = DenseVAE().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=RECIPES["textbook"]["lr"])
    began, total = time.perf_counter(), 0.0
    for batch, _ in loader:
        batch = batch.to(device).squeeze(1)
        optimizer.zero_grad()
        mu, log_var = model.posterior(batch)
        logits = model.decode_logits(model.sample(mu, log_var))
        bce = F.binary_cross_entropy_with_logits(logits, batch, reduction="sum")
        kl = -0.5 * torch.sum(1 + log_var - mu.pow(2) - log_var.exp())
        loss = (bce + kl) / len(batch)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    seconds = (time.perf_counter() - began) * RECIPES["textbook"]["epochs"]
    return {"seconds": seconds, "first_epoch": total / len(images)}


def conditions(title: str, images: int, seeds: list[int]) -> str:
    """Where and when it was measured, and how busy the machine was."""
    processor = f"{platform.processor()}, " if platform.processor() else ""
    text = (
        f"Measured on {datetime.date.today()}: {processor}"
        f"{cu.current().describe()}; Python {platform.python_version()}, torch "
        f"{torch.__version__}; {images:,} images of {title}; {len(seeds)} seeds."
    )
    if hasattr(os, "getloadavg") and (load := os.getloadavg()[0]) > 0.5:
        text += f" The last minute's load average was {load:.1f} when it began."
    return text + "\n\n"


def table(runs: dict[str, list[Run]]) -> str:
    """One row a contender: means over the seeds, and the extremes."""
    lines = [
        "| who trains | epochs × batch | seconds | × examples | test nats | seeds |",
        "| :-- | --: | --: | --: | --: | --: |",
    ]
    slow = [run["seconds"] for run in runs["pytorch/examples"]]
    for name, row in runs.items():
        recipe = RECIPES[name.partition(", ")[2] or "textbook"]
        ratios = [s / run["seconds"] for s, run in zip(slow, row, strict=True)]
        nats = [run["nats"] for run in row]
        cells = [
            name,
            f"{recipe['epochs']} × {recipe['batch_size']:,}",
            f"{mean(run['seconds'] for run in row):.1f}",
            f"{mean(ratios):.1f} ({min(ratios):.1f} – {max(ratios):.1f})",
            f"{mean(nats):.2f}",
            f"{min(nats):.2f} – {max(nats):.2f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
