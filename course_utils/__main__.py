"""What this machine is and which data are at hand; ``--check`` tries what it needs.

python -m course_utils            to be pasted into a bug report
python -m course_utils --check    exit code 1 if something does not work here
"""

import argparse
import contextlib
import io
import os
import platform
import re
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from . import explorers, runtime
from .cache import cache_dir, why, write_atomically
from .claims import ClaimFailed, claim
from .datasets.downloads import SOURCES, own_folder
from .datasets.drawn import pen_strokes
from .models import DenseVAE
from .objectives import elbo_loss
from .training import fit


def main() -> int:
    """Tell, and check if asked to; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m course_utils")
    parser.add_argument("--check", action="store_true", help="try what a chapter needs")
    wanted = parser.parse_args()
    runtime.print_any_sign()
    tell()
    return check() if wanted.check else 0


def tell() -> None:
    """Print what this machine is, in words that help a stranger."""
    facts: dict[str, Callable[[], str]] = {
        "package": lambda: f"{version('course-utils')} in {Path(__file__).parent}",
        "machine": lambda: f"{platform.platform()}, Python {platform.python_version()}",
        "runtime": lambda: runtime.current().describe(),
        "libraries": _libraries,
        "settings": _settings,
        "own data": _own_data,
        "cache": lambda: str(cache_dir()),
        "kept": _kept,
    }
    for what, ask in facts.items():
        try:
            found = ask()
        except Exception as error:  # a report tells the rest all the same
            found = f"not usable: {why(error)}"
        print(f"{what:<10} {found}")


def check() -> int:
    """Try one thing after the other; returns 1 if one of them fails, else 0."""
    tries = {
        "the cache can be written": _write,
        "pen strokes can be drawn": _draw,
        "a small model learns": _train,
        "a claim is judged": _claim,
        "the explorers are whole": lambda: explorers.GaussianKL().html(),
    }
    failed = False
    for what, attempt in tries.items():
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                attempt()
        except Exception as error:  # whatever it is belongs into the report
            failed = True
            print(f"FAILED     {what}: {type(error).__name__}: {why(error)}")
        else:
            print(f"ok         {what}")
    return int(failed)


def _libraries() -> str:
    """What the package needs, in the versions that are here."""

    def found(name: str) -> str:
        try:
            return f"{name} {version(name)}"
        except PackageNotFoundError:
            return f"{name} MISSING"

    declared = [x for x in requires("course-utils") or [] if "extra ==" not in x]
    return ", ".join(found(re.split(r"[^\w.-]", x)[0]) for x in declared)


def _settings() -> str:
    """The variables that the course reads, where they are set."""
    names = [x for x in sorted(os.environ) if x.startswith(("COURSE_", "LATENT_DATA"))]
    return ", ".join(f"{name}={os.environ[name]}" for name in names) or "none"


def _own_data() -> str:
    """Which of the data sets that can be downloaded lie in the reader's folder."""
    folder = own_folder()
    if folder is None:
        return "none, as LATENT_DATA_DIR is not set"
    there = [
        name
        for name, source in SOURCES.items()
        if all((folder / file.path).is_file() for file in source.files)
    ]
    return f"{', '.join(there) or 'none'} in {folder}"


def _kept() -> str:
    """The data sets and models in the cache, with their sizes."""
    files = [*cache_dir("datasets").glob("*.npz"), *cache_dir("checkpoints").glob("*")]
    sizes = [f"{file.name} ({file.stat().st_size / 1e6:.1f} MB)" for file in files]
    return ", ".join(sorted(sizes)) or "nothing yet"


def _write() -> None:
    path = cache_dir() / f"check-{os.getpid()}"
    write_atomically(path, lambda file: file.write(b"latent"))
    path.unlink()


def _draw() -> None:
    images, _, _ = pen_strokes.draw(20)
    if images.max() < 200:
        raise ValueError("the images are blank")


def _train() -> None:
    images, _, _ = pen_strokes.draw(256)
    losses = fit(
        DenseVAE(), elbo_loss(), images, epochs=5, batch_size=64, progress=False
    ).losses
    if not losses[-1] < 0.8 * losses[0]:
        raise ValueError(f"the loss went from {losses[0]:.0f} to {losses[-1]:.0f}")


def _claim() -> None:
    claim("one is less than two", 1 < 2)
    if runtime.current().budget != "smoke":
        with contextlib.suppress(ClaimFailed):
            claim("two is less than one", 2 < 1)
            raise ValueError("a wrong claim was shown as right")


if __name__ == "__main__":
    sys.exit(main())
