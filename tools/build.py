"""Build the site: run the notebooks that changed, write the pages.

    python tools/build.py        # or: make book

Jupyter Book keeps executed notebooks and runs one again when its code cells change.
It cannot see that the package, the data set, a library or a setting has changed. So
this script writes all that down before each build, in `_build/facts.json`, and clears
what was kept when a fact differs from the last build's. The pages show the same facts.
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ("COURSE_DATA", "COURSE_BUDGET", "COURSE_DEVICE", "COURSE_SEED")
CLI = "from jupyter_book.cli.main import main; main()"


def digest(folder: Path) -> str:
    """SHA-256 over the names and contents of the source files in a folder."""
    sha = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            sha.update(path.name.encode() + path.read_bytes())
    return sha.hexdigest()


def requirements() -> list[str]:
    """The libraries that the package needs, by name."""
    declared = metadata.requires("course-utils") or []
    return sorted(name for name in declared if "extra ==" not in name)


def gather_facts(book: Path) -> dict[str, Any]:
    """All that the outputs of a notebook depend on, besides its own cells.

    Loads the data set as a chapter would, so the download happens here, once.
    """
    import course_utils as cu

    data = cu.load()
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


def prepare(output: Path, facts: dict[str, Any]) -> None:
    """Write the facts; throw away what was built from other ones."""
    record = output / "facts.json"
    before = json.loads(record.read_text("utf-8")) if record.exists() else {}
    changed = [key for key in facts if facts[key] != before.get(key)]
    if changed and before:
        print(f"Changed since the last build: {', '.join(changed)}.")
    if changed:
        shutil.rmtree(output / ".doctrees", ignore_errors=True)
        shutil.rmtree(output / "html", ignore_errors=True)
    if changed and changed != ["extensions"]:
        shutil.rmtree(output / ".jupyter_cache", ignore_errors=True)
    output.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(facts, indent=2, ensure_ascii=False), "utf-8")


def empty_store(output: Path) -> Path:
    """A cache for this build's kernels: the reader's data sets, no trained models.

    So that the run times on the pages are those of someone who starts from nothing.
    """
    from course_utils.runtime import cache_dir

    store, datasets = output / "cache", cache_dir() / "datasets"
    shutil.rmtree(store / "checkpoints", ignore_errors=True)
    store.mkdir(parents=True, exist_ok=True)
    datasets.mkdir(exist_ok=True)
    link = store / "datasets"
    if not link.exists():
        try:
            link.symlink_to(datasets)
        except OSError:  # Windows asks for a privilege: copy instead
            shutil.copytree(datasets, link)
    return store


def build(book: Path) -> int:
    """Build the book that lies in a folder; returns the exit status."""
    os.environ["TQDM_DISABLE"] = "1"
    if folder := os.environ.get("LATENT_DATA_DIR"):  # kernels run elsewhere
        os.environ["LATENT_DATA_DIR"] = str(Path(folder).resolve())
    # A rehearsal must not throw away the pages of the real thing.
    base = book / "_build/smoke" if os.environ.get("COURSE_BUDGET") == "smoke" else book
    output = base / "_build"
    facts = gather_facts(book)
    prepare(output, facts)
    os.environ["COURSE_CACHE"] = str(empty_store(output))

    command = ["build", str(book), "--path-output", str(base)]
    command += ["-n", "-W", "--keep-going"]
    status = subprocess.run([sys.executable, "-c", CLI, *command]).returncode
    if status:
        # A page that was read once is not read again, nor its warnings repeated.
        shutil.rmtree(output / ".doctrees", ignore_errors=True)
        print("The book was not built: the cause stands above.", file=sys.stderr)
        return status
    print(f"Data:    {facts['data']['title']} ({facts['data']['reason']})")
    print(f"Machine: {facts['machine']['runtime']}")
    print(f"Open:    {output / 'html/index.html'}")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("book", nargs="?", type=Path, default=ROOT)
    return build(parser.parse_args().book.resolve())


if __name__ == "__main__":
    sys.exit(main())
