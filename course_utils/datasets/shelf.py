"""The shelf where data sets stay once made: numpy's .npz files in the cache."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from sys import modules as imported

import numpy as np

from ..cache import cache_dir, locked, not_kept, why, write_atomically

Arrays = dict[str, np.ndarray]


def keep(key: str, make: Callable[[], Arrays]) -> Arrays:
    """Return the arrays kept under `key`; make and keep them where they are missing.

    Several processes may ask at once: one makes, the others wait and read. A damaged
    file is replaced. If nothing can be written the arrays are returned all the same.
    """
    try:
        path = cache_dir("datasets") / f"{key}.npz"
    except OSError as error:
        arrays = make()
        print(not_kept(key, error))
        return arrays
    if (kept := _read(path)) is not None:
        return kept
    with locked(path):
        if (kept := _read(path, quiet=True)) is not None:  # made while we waited
            return kept
        arrays = make()
        try:
            write_atomically(path, lambda file: np.savez(file, **arrays))  # type: ignore[arg-type]  # numpy's stub is too narrow
        except OSError as error:
            print(not_kept(key, error))
    return arrays


def version(modules: Iterable[str]) -> str:
    """A mark of the code in these modules: other code, another mark."""
    files = [Path(str(imported[module].__file__)) for module in modules]
    code = b"".join(file.read_bytes() for file in files)
    return hashlib.sha256(code).hexdigest()[:12]


def _read(path: Path, *, quiet: bool = False) -> Arrays | None:
    """The arrays in `path`; None if it is not there or damaged (zip has checksums)."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return dict(arrays)
    except FileNotFoundError:
        return None
    except Exception as error:  # damage shows itself in many ways
        if not quiet:
            print(f"{path} was damaged ({why(error)}): it is made anew.")
        return None
