"""The cache: the one place where the course keeps what it downloads, draws and trains.

A cache saves time and may never cost a result. So each of these raises OSError and
nothing else when the cache cannot be used; who keeps something catches that, says
``not_kept`` and goes on with what is in memory.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import platformdirs
from filelock import FileLock


def cache_dir(room: str = "") -> Path:
    """The cache's folder (``COURSE_CACHE``, else the user's own) or a `room` in it.

    The path is absolute, and the folder is there.

    Raises
    ------
    OSError
        If there is no such folder and none can be made.
    """
    chosen = os.environ.get("COURSE_CACHE")
    try:
        folder = absolute(chosen or platformdirs.user_cache_dir("latent-course")) / room
    except RuntimeError as error:  # a user without a home
        raise FileNotFoundError(str(error)) from None
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def absolute(path: str) -> Path:
    """A path of the reader's, "~" and all, as an absolute one; else raises OSError."""
    try:
        return Path(path).expanduser().absolute()
    except RuntimeError as error:  # "~" of a user who has no home
        raise FileNotFoundError(f"{path}: {error}") from None


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a file that then appears at `path` at once and whole.

    Raises
    ------
    OSError
        If it cannot be written; what was at `path` is then still there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{uuid4().hex[:8]}.partial")
    try:
        with partial.open("xb") as file:
            write(file)
        partial.replace(path)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time into the block; the others wait.

    Where no lock can be had (a read-only folder, some network drives) the block runs
    without one: the same work may then be done twice, and the last file stays.
    """
    lock = FileLock(f"{path}.lock")
    with suppress(OSError, NotImplementedError):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    try:
        yield
    finally:
        with suppress(OSError):
            lock.release()


def not_kept(what: str, error: Exception) -> str:
    """The sentence that says why `what` could not be kept, and what helps."""
    return (
        f"{what} is in memory but could not be kept on disk ({why(error)}): "
        "make room there, or let COURSE_CACHE name a folder that can be written."
    )


def why(error: BaseException) -> str:
    """The cause of an error in a few words on one line."""
    cause = getattr(error, "strerror", None) or " ".join(str(error).split())
    return cause or type(error).__name__
