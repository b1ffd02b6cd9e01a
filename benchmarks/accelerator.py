"""Is the accelerator right, and how much of it do we use? ``make gpu``.

Three questions: does the model come out as on the CPU; how many images a second, eager,
compiled and as CUDA graphs, beside the matrix products alone (the roofline: a step
cannot be faster than these); do the chapters run at their ``gpu`` budget.
"""

import os
import time
from pathlib import Path

import nbformat
import torch
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from torch import Tensor

import course_utils as cu
from course_utils.models import DenseVAE
from course_utils.objectives import Objective, elbo_loss
from course_utils.runtime import best_precision

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
BATCHES = (128, 1024, 8192)
LAYERS = [(784, 256), (256, 4), (2, 256), (256, 784)]  # inputs, outputs
# Each layer multiplies forward, for its weights' gradient and for its input's; the
# images need no gradient. A multiplication and an addition are two operations.
FLOP_PER_IMAGE = 6 * sum(i * o for i, o in LAYERS) - 2 * 784 * 256


def report(train: Tensor, test: Tensor, seconds: float) -> str:
    """All three answers as Markdown."""
    parts = [same_result(train, test), roofline(train), chapters(seconds)]
    return "\n".join(parts)


def same_result(train: Tensor, test: Tensor) -> str:
    """One epoch on the CPU and here, from the same seed."""
    here, nats = cu.current(), []
    for device in ("cpu", str(here.device)):
        cu.setup(device=device, budget="gpu")
        cu.seed_everything(0)
        model = DenseVAE()
        cu.fit(model, elbo_loss(), train, epochs=1, lr=1e-3, progress=False)
        nats.append(cu.evaluate(model, elbo_loss(), test)["loss"])
    return (
        f"After one epoch: {nats[0]:.1f} nats on the CPU, {nats[1]:.1f} nats here "
        f"(each draws noise of its own; seeds alone differ by about two nats).\n"
    )


def roofline(train: Tensor) -> str:
    """Images a second by each way to run the step, and its share of the limit."""
    ways = {"eager": "", "compiled": "default"}
    if cu.current().device.type == "cuda":
        ways["CUDA graphs"] = "reduce-overhead"
    head = [
        "| batch | way | images/s | TFLOP/s | of the limit |",
        "| --: | :-- | --: | --: | --: |",
    ]
    rows = [row for batch in BATCHES for row in shares(train, batch, ways)]
    return "\n".join(head + rows) + "\n"


def shares(train: Tensor, batch: int, ways: dict[str, str]) -> list[str]:
    """The table's rows for one batch size; a way is a mode of torch.compile, or ""."""
    precision = best_precision(cu.current().device)
    limit = products_per_second(batch, precision)
    speeds = {
        way: images_per_second(
            compiled(batch, mode) if mode else elbo_loss(), train, batch, precision
        )
        for way, mode in ways.items()
    }
    return [
        f"| {batch:,} | {way} | {speed:,.0f} | {speed * FLOP_PER_IMAGE / 1e12:.2f} | "
        f"{speed / limit:.0%} |"
        for way, speed in (speeds | {"matrix products alone": limit}).items()
    ]


def compiled(batch: int, mode: str) -> Objective:
    """The objective compiled for full batches; a last, smaller one runs as it is."""
    plain = elbo_loss()
    fast = torch.compile(plain, dynamic=False, mode=mode)
    return lambda model, images, labels: (fast if len(images) == batch else plain)(
        model, images, labels
    )


def images_per_second(
    objective: Objective, train: Tensor, batch: int, precision: str
) -> float:
    """The speed of ``fit`` in its second epoch: in the first, things are compiled."""
    history = cu.fit(
        DenseVAE(),
        objective,
        train,
        epochs=2,
        batch_size=min(batch, len(train)),
        precision=precision,
        progress=False,
    )
    return history.rows[-1]["images_per_s"]


def products_per_second(batch: int, precision: str) -> float:
    """How many images' matrix products this device can do in a second."""
    device, dtype = cu.current().device, getattr(torch, precision)

    def matrix(rows: int, columns: int) -> Tensor:
        return torch.randn(rows, columns, device=device).to(dtype)

    pairs = []
    for i, (inputs, outputs) in enumerate(LAYERS):
        x, weight, slope = (
            matrix(batch, inputs),
            matrix(outputs, inputs),
            matrix(batch, outputs),
        )
        pairs += [(x, weight.T), (slope.T, x)]
        if i > 0:
            pairs.append((slope, weight))

    def run(times: int) -> float:
        began = time.perf_counter()
        for _ in range(times):
            for left, right in pairs:
                torch.mm(left, right)
        if device.type != "cpu":
            torch.accelerator.synchronize()
        return time.perf_counter() - began

    run(10)
    steps = max(10, int(10 / run(10)))  # about a second
    return steps * batch / run(steps)


def chapters(seconds: float) -> str:
    """Every chapter at the ``gpu`` budget, for so many seconds each."""
    os.environ |= {"COURSE_BUDGET": "gpu", "COURSE_DEVICE": str(cu.current().device)}
    lines = [f"- {path.stem}: {reach(path, seconds)}" for path in NOTEBOOKS]
    return (
        f"Chapters at the gpu budget, {seconds:.0f} s each:\n\n"
        + "\n".join(lines)
        + "\n"
    )


def reach(path: Path, seconds: float) -> str:
    """How far a notebook comes in so many seconds, and what stops it."""
    notebook = nbformat.read(path, as_version=4)
    code = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    client, began = NotebookClient(notebook), time.perf_counter()
    with client.setup_kernel():
        for done, index in enumerate(code):
            client.timeout = max(1, int(seconds - (time.perf_counter() - began)))
            try:
                client.execute_cell(notebook.cells[index], index)
            except CellTimeoutError:
                return f"{done} of {len(code)} cells, then time was up"
            except CellExecutionError as error:
                return f"FAILED in cell {index}: {error.ename}: {error.evalue}"
    return f"all {len(code)} cells in {time.perf_counter() - began:.0f} s"
