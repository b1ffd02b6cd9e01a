"""Who trains the reference model, and how: one function per contender.

The model is a dense VAE 784-256-2 (ReLU; Bernoulli pixels), trained by Adam at 1e-3
on the sum of cross-entropy and KL. Each function takes the images, prepares all
that is prepared once, and returns ``train(epochs) -> nats per image`` of the last
epoch. Peers keep their own habits: how they load, shuffle, step and record.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import MNIST

from course_utils.models import DenseVAE
from course_utils.objectives import Objective, Parts, elbo_loss
from course_utils.runtime import best_precision, current
from course_utils.training import fit

Train = Callable[[int], float]

LAYERS = [(784, 256), (256, 4), (2, 256), (256, 784)]  # inputs, outputs
# Each layer multiplies forward, for its weights' gradient and for its input's;
# the images need no gradient. A multiplication and an addition are two operations.
PRODUCTS = [3 * inputs * outputs for inputs, outputs in LAYERS]
FLOP_PER_IMAGE = 2 * (sum(PRODUCTS) - LAYERS[0][0] * LAYERS[0][1])


@dataclass(frozen=True)
class Contender:
    """One row of the table: a name, what it is, and how to prepare it."""

    name: str
    label: str
    batch: int
    precision: str
    prepare: Callable[["Contender", Tensor], Train]
    compile: bool | str = False


def contenders() -> list[Contender]:
    """All rows for this machine, peers first, the matrix products' limits last."""
    fast = best_precision(current().device)
    rows = [
        Contender("examples", "pytorch/examples", 128, "float32", examples),
        Contender("keras-torch", "Keras 3, PyTorch backend", 128, "float32", keras),
        Contender("keras-jax", "Keras 3, JAX backend", 128, "float32", keras),
        Contender("keras-jax-1024", "Keras 3, JAX backend", 1024, "float32", keras),
    ]
    ways: list[tuple[str, bool | str]] = [("", False), (", compiled", True)]
    if current().device.type == "cuda":
        ways.append((", CUDA graphs", "reduce-overhead"))
    for batch, precision in [(128, "float32"), (1024, fast)]:
        for suffix, way in ways:
            name, label = f"fit-{batch}{suffix}", f"`fit`{suffix}"
            rows.append(Contender(name, label, batch, precision, ours, way))
    for batch, precision in [(128, "float32"), (1024, fast)]:
        name, label = f"matmul-{batch}", "its matrix products alone"
        rows.append(Contender(name, label, batch, precision, matmul))
    return rows


def ours(row: Contender, images: Tensor) -> Train:
    """The course's ``fit``: images stay on the device as uint8."""
    model = DenseVAE()
    objective = elbo_loss()
    if row.compile:
        objective = compiled(objective, row.batch, row.compile)

    def train(epochs: int) -> float:
        history = fit(
            model,
            objective,
            images,
            epochs=epochs,
            batch_size=row.batch,
            precision=row.precision,
            progress=False,
        )
        return history.rows[-1]["loss"]

    return train


def compiled(objective: Objective, batch: int, how: bool | str = True) -> Objective:
    """The objective compiled for full batches; a last, smaller one runs as it is."""
    mode = None if how is True else str(how)
    fast = torch.compile(objective, dynamic=False, mode=mode)

    def either(model: Any, images: Tensor, labels: Tensor | None) -> Parts:
        step = fast if len(images) == batch else objective
        return step(model, images, labels)

    return either


class InMemory(MNIST):
    """torchvision's MNIST with its own ``__getitem__``, on images we already have."""

    def __init__(self, images: Tensor) -> None:
        super(MNIST, self).__init__(root="", transform=transforms.ToTensor())
        self.data, self.targets = images, torch.zeros(len(images), dtype=torch.long)


def examples(row: Contender, images: Tensor) -> Train:
    """The structure of pytorch/examples' VAE: torchvision, DataLoader, eager loop."""
    device = current().device
    cuda = device.type == "cuda"
    loader: DataLoader[Any] = DataLoader(
        InMemory(images),
        batch_size=row.batch,
        shuffle=True,
        num_workers=1 if cuda else 0,
        pin_memory=cuda,
    )
    model = DenseVAE().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def epoch() -> float:
        total = 0.0
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
        return total / len(images)

    return lambda epochs: [epoch() for _ in range(epochs)][-1]


def keras(row: Contender, images: Tensor) -> Train:
    """Keras 3 and its ``model.fit`` from NumPy arrays, on the backend of its name."""
    from . import keras_peer

    return keras_peer.prepare(row.name.split("-")[1], row.batch, images)


def matmul(row: Contender, images: Tensor) -> Train:
    """The limit: the step's matrix products, one after the other, and nothing else."""
    device, dtype = current().device, getattr(torch, row.precision)

    def empty(*shape: int) -> Tensor:
        return torch.randn(*shape, device=device).to(dtype)

    products = []
    for i, (inputs, outputs) in enumerate(LAYERS):
        x, w = empty(row.batch, inputs), empty(outputs, inputs)
        grad = empty(row.batch, outputs)
        products.append((x, w.T, empty(row.batch, outputs)))
        products.append((grad.T, x, empty(outputs, inputs)))
        if i > 0:
            products.append((grad, w, empty(row.batch, inputs)))

    def step() -> None:
        for left, right, out in products:
            torch.mm(left, right, out=out)

    def train(epochs: int) -> float:
        for _ in range(epochs * len(images) // row.batch):
            step()
        if device.type == "cuda":
            torch.cuda.synchronize()
        return float("nan")

    return train
