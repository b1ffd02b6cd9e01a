"""Images per second: every contender in a process of its own, taking turns."""

import multiprocessing
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from course_utils.datasets import load

from .contenders import Contender, contenders


class Runner:
    """A process that prepared one contender and trains when told to."""

    def __init__(self, row: Contender, data: str, images: int) -> None:
        self.row = row
        spawn = multiprocessing.get_context("spawn")  # a Keras backend is per process
        self.pipe, theirs = spawn.Pipe()
        arguments = (theirs, row.name, data, images)
        self.process = spawn.Process(target=serve, args=arguments, daemon=True)
        self.process.start()
        theirs.close()  # so that its death is seen here as the end of the pipe

    def train(self, epochs: int) -> tuple[float, float]:
        """Seconds that the epochs took, and nats per image in the last one."""
        try:
            self.pipe.send(epochs)
            return self.pipe.recv()
        except (EOFError, ConnectionError):
            raise SystemExit(
                f"{self.row.label} failed; its message stands above. If a package "
                "is missing: pip install -e '.[bench]'"
            ) from None

    def end(self) -> None:
        """Let the process finish by itself, or else stop it."""
        with suppress(ConnectionError):  # it may have ended already
            self.pipe.send(0)
        self.process.join(10)
        self.process.terminate()


def serve(pipe: Connection, name: str, data: str, images: int) -> None:
    """In the child: prepare the contender of that name, then train on demand."""
    row = next(row for row in contenders() if row.name == name)
    train = row.prepare(row, load(data, quiet=True).train_images[:images])
    while epochs := pipe.recv():
        started = time.perf_counter()
        loss = train(epochs)
        pipe.send((time.perf_counter() - started, loss))


def measure(
    data: str, images: int, rounds: int, seconds: float
) -> list[dict[str, Any]]:
    """Train in turns, ``rounds`` times after a warm-up; one dictionary per contender.

    Each turn is a whole number of epochs that takes about ``seconds``, at least one.
    ``images_per_s`` has one figure per round, so that ratios can be taken within a
    round: what slows the machine for a minute slows all of them.
    """
    runners: list[Runner] = []
    results: list[dict[str, Any]] = []
    try:
        for row in contenders():
            runners.append(Runner(row, data, images))
            results.append(warm_up(runners[-1], seconds))
            print(f"  ready: {row.label}, batch {row.batch}, {row.precision}")
        for turn in range(1, rounds + 1):
            print(f"  round {turn} of {rounds}")
            for runner, result in zip(runners, results, strict=True):
                took, result["nats"] = runner.train(result["epochs"])
                result["images_per_s"].append(result["epochs"] * images / took)
    finally:
        for runner in runners:
            runner.end()
    return results


def warm_up(runner: Runner, seconds: float) -> dict[str, Any]:
    """Compile, settle, and see how many epochs take about ``seconds``."""
    first, _ = runner.train(1)
    again, nats = runner.train(1)
    row = runner.row
    return {
        "name": row.name,
        "label": row.label,
        "batch": row.batch,
        "precision": row.precision,
        "first_epoch_s": first,
        "epochs": max(1, round(seconds / again)),
        "images_per_s": [],
        "nats": nats,
    }
