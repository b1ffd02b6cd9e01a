"""Where the course runs and how big: device, seed, budget.

A chapter opens with ``cu.setup()``. Everything else asks ``current()``.
"""

import ctypes
import io
import operator
import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch

from . import distributed
from .cache import cache_dir

BUDGETS = ("smoke", "cpu", "gpu")
T = TypeVar("T")
_current: "Runtime | None" = None


@dataclass(frozen=True)
class Runtime:
    """The device, the budget and the seed that a chapter runs with."""

    device: torch.device
    budget: str
    seed: int

    def describe(self) -> str:
        """One line, such as ``CPU, 2 cores, bfloat16 · budget cpu · seed 0``."""
        if self.device.type == "cuda":
            where = torch.cuda.get_device_name(self.device)
        elif self.device.type == "cpu":
            cores = torch.get_num_threads()
            where = f"CPU, {cores} core{'s' if cores > 1 else ''}"
        else:
            where = {"mps": "Apple GPU"}.get(self.device.type, str(self.device))
        if distributed.world_size() > 1:
            where = f"{distributed.world_size()} × {where}"
        precision = best_precision(self.device)
        return f"{where}, {precision} · budget {self.budget} · seed {self.seed}"


def setup(
    seed: int | None = None, *, device: str | None = None, budget: str | None = None
) -> Runtime:
    """Choose device, budget and seed; seed everything; say so in one line.

    What is not given comes from ``COURSE_SEED``, ``COURSE_DEVICE`` and
    ``COURSE_BUDGET``, else from the hardware (and seed 0).

    It also prepares the process: figures get the course's look, a sign that the
    output's encoding lacks is printed as "?", the C library keeps the memory that
    tensors free, and UMAP may keep what it compiles.

    Raises
    ------
    ValueError
        For a budget, device or seed that does not exist here.
    """
    from .show.style import use_style  # here: else a runtime would load matplotlib

    runtime = _choose(seed, device, budget)
    use_style()
    print_any_sign()
    _keep_freed_memory()
    _let_umap_compile()
    if distributed.is_main():
        print(runtime.describe())
        if sentence := distributed.ignored():
            print(sentence)
    return runtime


def current() -> Runtime:
    """The runtime in use; the first call sets it up silently."""
    return _current or _choose(None, None, None)


def budgeted(*, smoke: T, cpu: T, gpu: T | None = None) -> T:
    """The value for the current budget; ``gpu`` defaults to ``cpu``."""
    budget = current().budget
    if budget == "smoke":
        return smoke
    return gpu if budget == "gpu" and gpu is not None else cpu


def seed_everything(seed: int | None = None) -> None:
    """Seed Python, NumPy and PyTorch (default: the runtime's seed).

    Raises
    ------
    ValueError
        For a seed that is no whole number from 0 to 2**63 - 1.
    """
    seed = current().seed if seed is None else _whole(seed, "seed")
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


@contextmanager
def own_randomness(seed: int, device: torch.device) -> Iterator[None]:
    """Draw PyTorch's random numbers from ``seed`` inside, leave no trace outside."""
    accelerator = None if device.type == "cpu" else torch.get_device_module(device)
    which = () if device.type == "mps" else (device,)  # there is but one Apple GPU
    cpu_state = torch.get_rng_state()
    device_state = accelerator.get_rng_state(*which) if accelerator else None
    torch.manual_seed(seed)
    try:
        yield
    finally:
        torch.set_rng_state(cpu_state)
        if accelerator:
            accelerator.set_rng_state(device_state, *which)


def best_precision(device: torch.device) -> str:
    """``"bfloat16"`` where the hardware multiplies it fast, else ``"float32"``."""
    if device.type == "cuda":
        fast = torch.cuda.is_bf16_supported(including_emulation=False)
    elif device.type == "cpu":
        fast = bool({"avx512_bf16", "amx_bf16"} & _cpu_capabilities())
    else:
        fast = False
    return "bfloat16" if fast else "float32"


def _keep_freed_memory() -> None:
    """Let the C library keep what tensors free, for the tensors of the next step.

    glibc gives large blocks back to the system at once, and takes them again page by
    page in the next step: up to a quarter of the time of a large batch on a CPU.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        trim_threshold, mmap_threshold = -1, -3  # their numbers in malloc.h
        libc.mallopt(trim_threshold, 2**30)
        libc.mallopt(mmap_threshold, 2**25)


def print_any_sign() -> None:
    """Let output that goes to a file in an old encoding have "?" for what it lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _let_umap_compile() -> None:
    """Where UMAP lies in a folder that is read-only, let Numba write to our cache.

    Numba keeps what it compiles beside the source or in the home, else it fails.
    """
    spec = find_spec("umap")
    if spec and spec.origin and not os.access(Path(spec.origin).parent, os.W_OK):
        with suppress(OSError):
            os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_dir("numba")))


def _cpu_capabilities() -> set[str]:
    """Names of the instruction sets that this processor has."""
    if hasattr(torch.cpu, "get_capabilities"):
        return {name for name, has in torch.cpu.get_capabilities().items() if has}
    cpuinfo = Path("/proc/cpuinfo")  # older PyTorch: Linux still tells
    return set(cpuinfo.read_text().split()) if cpuinfo.exists() else set()


def _choose(seed: int | None, device: str | None, budget: str | None) -> Runtime:
    global _current
    distributed.start()
    chosen_device = _device(device)
    default = "cpu" if chosen_device.type == "cpu" else "gpu"
    budget = budget or os.environ.get("COURSE_BUDGET") or default
    if budget not in BUDGETS:
        raise ValueError(f"Unknown budget {budget!r}: choose one of {BUDGETS}.")
    if seed is None:
        chosen_seed = _whole(os.environ.get("COURSE_SEED") or 0, "COURSE_SEED")
    else:
        chosen_seed = _whole(seed, "seed")
    _current = Runtime(chosen_device, budget, chosen_seed)
    seed_everything(chosen_seed)
    return _current


def _whole(seed: int | str, name: str) -> int:
    """The seed as a number that every generator takes."""
    try:
        number = int(seed) if isinstance(seed, str) else operator.index(seed)
        if 0 <= number < 2**63:
            return number
    except (TypeError, ValueError):
        pass
    raise ValueError(
        f"{name} is {seed!r}: give a whole number, such as 0 (at most 2**63 - 1)."
    )


def _device(wish: str | None) -> torch.device:
    """The device asked for, or the fastest that this machine has."""
    found = torch.accelerator.current_accelerator(check_available=True)
    best = found.type if found else "cpu"
    name = wish or os.environ.get("COURSE_DEVICE") or best
    try:
        device = torch.device(name)
        torch.ones(2, device=device).sum().item()  # it can compute, not only store
    except Exception:  # each kind of device has its own way of not being there
        remedy = "pass device=" if wish else "unset COURSE_DEVICE or use "
        raise ValueError(
            f"There is no device {name!r} here: {remedy}{best!r}."
        ) from None
    if device.type == "cuda" and device.index is None:
        device = torch.device("cuda", distributed.local_rank())
    return device
