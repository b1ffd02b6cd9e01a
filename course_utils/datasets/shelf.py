"""The shelf where data sets stay once made: checked, atomic, shared by processes.

A file holds the SHA-256 of its content (64 hexadecimal digits), then the arrays as
numpy's .npz. It appears at once and whole, or not at all.
"""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from filelock import FileLock

from ..runtime import cache_dir

Arrays = dict[str, np.ndarray]


def shelf() -> Path:
    """The folder for data sets inside the course's cache."""
    folder = cache_dir() / "datasets"
    folder.mkdir(exist_ok=True)
    return folder


def keep(key: str, make: Callable[[], Arrays]) -> Arrays:
    """Return the arrays kept under `key`; make and keep them where they are missing.

    Several processes may ask at once: one makes, the others wait and read. A damaged
    file is replaced. If nothing can be written the arrays are returned all the same.
    """
    try:
        path = shelf() / f"{key}.npz"
        arrays = _read(path)
        if arrays is not None:
            return arrays
        lock = FileLock(f"{path}.lock").acquire()
    except OSError as error:
        arrays = make()
        _tell_not_kept(key, error)
        return arrays
    with lock:
        arrays = _read(path)  # another process may have made it while we waited
        if arrays is None:
            arrays = make()
            _write(path, arrays)
    return arrays


def _read(path: Path) -> Arrays | None:
    """The arrays in `path`; None if it is not there, or is damaged and thrown away."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    digest, payload = content[:64], content[64:]
    if hashlib.sha256(payload).hexdigest().encode() != digest:
        print(f"{path} was damaged (its checksum is wrong): it is made anew.")
        path.unlink(missing_ok=True)
        return None
    with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
        return dict(arrays)


def _write(path: Path, arrays: Arrays) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]  # numpy's stub is too narrow
    payload = buffer.getvalue()
    partial = path.with_suffix(".partial")
    try:
        with partial.open("wb") as file:
            file.write(hashlib.sha256(payload).hexdigest().encode())
            file.write(payload)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        _tell_not_kept(path.stem, error)


def _tell_not_kept(key: str, error: OSError) -> None:
    print(
        f"{key} is in memory but could not be kept on disk ({error.strerror}): "
        "make room there, or let COURSE_CACHE name a folder that can be written."
    )
