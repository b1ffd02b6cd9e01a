"""The set-up cell, as on Colab: a notebook alone, and only what Colab ships.

One chapter, since the cell is the same in all of them (test_notebooks_form.py); once a
week all run in Colab's own image.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "notebooks/01-latent-space.ipynb"

pytestmark = pytest.mark.slow
# What Colab may lack; the set-up cell must bring it.
MISSING = {"anywidget", "psygnal"}
# Colab's kernel has imported this before the first cell runs.
STUB = {"google/colab/__init__.py": "", "sitecustomize.py": "import google.colab\n"}


def closure(*names: str) -> dict[str, Distribution]:
    """Installed packages and all that they need, by name."""
    found: dict[str, Distribution] = {}
    seen: set[str] = set()
    waiting = [Requirement(name) for name in names]
    while waiting:
        wanted = waiting.pop()
        if str(wanted) in seen:
            continue
        seen.add(str(wanted))
        try:
            package = distribution(wanted.name)
        except PackageNotFoundError:  # needed on other systems only
            continue
        found[wanted.name.lower()] = package
        for needed in map(Requirement, package.requires or []):
            extras = ("", *wanted.extras)
            marker = needed.marker
            if not marker or any(marker.evaluate({"extra": e}) for e in extras):
                waiting.append(needed)
    return found


@pytest.fixture
def colab_python() -> Path:
    """The Python of an environment with the course's dependencies but not the course.

    Its packages are hard links to those installed here: nothing is downloaded, and
    nothing that pip does there reaches this environment.
    """
    home = ROOT / "_build/colab"  # beside .venv: hard links need one file system
    shutil.rmtree(home, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    site = Path(
        subprocess.check_output(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            text=True,
        ).strip()
    )
    packages = closure("course-utils", "ipykernel", "pip")
    for name in {"course-utils", *MISSING} & set(packages):
        del packages[name]
    for package in packages.values():
        for file in package.files or []:
            target = site / file
            if file.parts[0] == ".." or not (source := Path(file.locate())).exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                os.link(source, target)
    for name, content in STUB.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(content, "utf-8")
    return python


def installed(python: Path) -> set[str]:
    listing = subprocess.check_output([python, "-m", "pip", "list", "--format=json"])
    return {package["name"] for package in json.loads(listing)}


def run(notebook: nbformat.NotebookNode, python: Path, folder: Path) -> None:
    """Run a notebook by another environment's kernel, as if alone on its machine."""
    manager = KernelManager()
    manager._kernel_spec = KernelSpec(
        argv=[str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        env={"COURSE_BUDGET": "smoke", "COURSE_CACHE": str(folder / "cache")},
    )
    NotebookClient(
        notebook,
        km=manager,
        timeout=600,
        resources={"metadata": {"path": str(folder)}},
    ).execute()


def test_set_up_cell_installs_the_course(colab_python: Path, tmp_path: Path) -> None:
    revision = subprocess.check_output(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, text=True
    ).strip()
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    cells[0].source, replaced = re.subn(
        r"git\+https://[^\s\"]+", f"git+{ROOT.as_uri()}@{revision}", cells[0].source
    )
    assert replaced == 1
    notebook.cells = cells

    before = installed(colab_python)
    run(notebook, colab_python, tmp_path)
    after = installed(colab_python)
    assert "course-utils" in after
    assert after - before <= {"course-utils", *MISSING}
