"""Before a build: write down what the notebooks' outputs depend on.

    python tools/prepare.py BOOK OUTPUT        # tools/build.py calls it

Jupyter Book keeps executed notebooks and runs one again when its code cells change.
It cannot see that the package, the data set, a library or a setting has changed. So
all that is written to `OUTPUT/facts.json`, and what was kept is thrown away when a fact
differs from the last build's. The pages quote the same facts.

It is a program of its own because it imports PyTorch, which Sphinx should not meet.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import course_utils as cu
from course_utils.cache import cache_dir, why, write_atomically

SETTINGS = ("COURSE_DATA", "COURSE_BUDGET", "COURSE_DEVICE", "COURSE_SEED")


def digest(folder: Path) -> str:
    """SHA-256 over the names and contents of the source files in a folder."""
    sha = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            name = path.relative_to(folder).as_posix()
            sha.update(name.encode() + path.read_bytes())
    return sha.hexdigest()


def requirements() -> list[str]:
    """The libraries that the package needs, by name."""
    declared = metadata.requires("course-utils") or []
    needed = [it for it in declared if "extra ==" not in it]
    return sorted(re.split(r"[^\w.-]", it)[0] for it in needed)  # without bounds


def gather_facts(book: Path) -> dict[str, Any]:
    """All that the outputs of a notebook depend on, besides its own cells.

    Loads the data set as a chapter would, so the download happens here, once.
    """
    data = cu.load(quiet=True)
    return {
        "package": digest(Path(cu.__file__).parent),
        "extensions": digest(book / "book/_ext"),
        "data": {
            "name": data.name,
            "title": data.title,
            "reason": data.reason,
            "sha256": hashlib.sha256(data.test_images.numpy().tobytes()).hexdigest(),
        },
        "machine": {
            "runtime": cu.current().describe(),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
        },
        "libraries": {name: metadata.version(name) for name in requirements()},
        "settings": {k: os.environ[k] for k in SETTINGS if k in os.environ},
    }


def compare(facts: dict[str, Any], output: Path) -> None:
    """Write the facts; throw away what was built from other ones."""
    record = output / "facts.json"
    try:
        before = dict(json.loads(record.read_text("utf-8")))
    except (OSError, ValueError):  # none yet, or cut short: all counts as changed
        before = {}
    changed = [key for key in facts if facts[key] != before.get(key)]
    if changed and before:
        print(f"Changed since the last build: {', '.join(changed)}.")
    stale = [".doctrees", "html"] if changed else []
    if changed and changed != ["extensions"]:
        stale.append(".jupyter_cache")
    for name in stale:
        shutil.rmtree(output / name, ignore_errors=True)
    text = json.dumps(facts, indent=2, ensure_ascii=False)
    write_atomically(record, lambda file: file.write(text.encode()))


def share_datasets(store: Path) -> None:
    """A cache for the kernels with the reader's data sets, but not their models."""
    store.mkdir(parents=True, exist_ok=True)
    link = store / "datasets"
    try:
        datasets = cache_dir("datasets")
    except OSError as error:
        print(f"The build loads and draws its data by itself: {why(error)}.")
        return
    if not link.exists():
        link.unlink(missing_ok=True)  # it may point to a folder that has gone
        try:
            link.symlink_to(datasets)
        except OSError:  # Windows asks for a privilege: copy instead
            shutil.copytree(datasets, link)


if __name__ == "__main__":
    book, output = map(Path, sys.argv[1:])
    compare(gather_facts(book), output)
    share_datasets(output / "cache")
