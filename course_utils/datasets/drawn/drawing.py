"""What the data sets that the course draws from known factors have in common."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor

from ..dataset import Dataset, Factors
from ..shelf import Arrays, keep, version

CHUNK = 100  # images drawn at once: what the processor's cache holds
# Added to a seed: what `seed_everything(0)` starts must not draw, number for number,
# what has already drawn the factors of seed 0.
STREAM = 10**9
Make = Callable[[int, int], tuple[Tensor, Tensor, Factors]]


class Factor(NamedTuple):
    """One thing that may vary: from `low` to `high`, `usual` where nobody says."""

    low: float
    high: float
    usual: float
    meaning: str
    binary: bool = False


def random_factors(table: Mapping[str, Factor], n: int, seed: int) -> Factors:
    """Independent factors for `n` images, float32 [n] each: even, or 0 and 1."""
    random = torch.Generator().manual_seed(STREAM + seed)
    drawn = {name: torch.rand(n, generator=random) for name in table}
    return {
        name: drawn[name].round()
        if factor.binary
        else factor.low + (factor.high - factor.low) * drawn[name]
        for name, factor in table.items()
    }


def check(
    factors: Mapping[str, Tensor | float], table: Mapping[str, Factor]
) -> Factors:
    """All factors of the table as float32 [N], in its order; those missing: as usual.

    Raises ValueError for unknown names, values out of range and unequal lengths.
    """
    if unknown := [name for name in factors if name not in table]:
        names = ", ".join(table)
        raise ValueError(f'There is no factor "{unknown[0]}"; there are {names}.')
    values = {
        name: torch.as_tensor(factors.get(name, factor.usual)).float().cpu()
        for name, factor in table.items()
    }
    for name, value in values.items():
        low, high = table[name].low, table[name].high
        if not ((value >= low) & (value <= high)).all():
            raise ValueError(f'The factor "{name}" lies between {low:g} and {high:g}.')
    sizes = {name: value.shape for name, value in values.items() if value.ndim}
    shape = next(iter(sizes.values()), torch.Size([1]))
    for name, size in sizes.items():
        if size != shape or len(size) > 1:
            raise ValueError(
                "Factors are numbers or all of one length [N], but "
                f"{next(iter(sizes))} is {list(shape)} and {name} {list(size)}."
            )
    return {name: value.expand(shape).clone() for name, value in values.items()}


def chunks(
    paint: Callable[[Factors], Tensor], factors: Factors, shape: tuple[int, ...]
) -> Tensor:
    """Draw many images of `shape`, some at a time: uint8 [N, *shape]."""
    total = len(next(iter(factors.values())))
    images = torch.empty(total, *shape, dtype=torch.uint8)
    with one_thread():
        for part in torch.arange(total).split(CHUNK):
            images[part] = paint({name: value[part] for name, value in factors.items()})
    return images


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute in one thread: for many small steps, waiting for others costs more."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def load_drawn(
    name: str,
    make: Make,
    sizes: Sequence[int],
    modules: Iterable[str],
    *,
    title: str,
    class_names: tuple[str, ...],
) -> Dataset:
    """The data set kept under this name, drawn where it is missing.

    `make(n, seed)` draws n images: with labels and factors. `sizes` are how many to
    train and to test with. The `modules` draw them: change their code, and new images
    replace those kept.
    """
    arrays = keep(f"{name}-{version([*modules, __name__])}", lambda: _both(make, sizes))

    def part(prefix: str) -> tuple[Tensor, Tensor, Factors]:
        found = {
            key.removeprefix(prefix): torch.from_numpy(array)
            for key, array in arrays.items()
            if key.startswith(prefix)
        }
        return found.pop("images"), found.pop("labels"), found

    train_images, train_labels, train_factors = part("train_")
    test_images, test_labels, test_factors = part("test_")
    return Dataset(
        name=name,
        title=title,
        train_images=train_images,
        train_labels=train_labels,
        test_images=test_images,
        test_labels=test_labels,
        class_names=class_names,
        licence="CC BY 4.0",
        source="drawn by this course",
        train_factors=train_factors,
        test_factors=test_factors,
    )


def _both(make: Make, sizes: Sequence[int]) -> Arrays:
    arrays: Arrays = {}
    for seed, (part, n) in enumerate(zip(("train", "test"), sizes, strict=True)):
        images, labels, factors = make(n, seed)
        tensors = {"images": images, "labels": labels, **factors}
        arrays |= {f"{part}_{key}": value.numpy() for key, value in tensors.items()}
    return arrays
