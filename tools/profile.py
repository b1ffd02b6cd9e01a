"""Where a chapter's time goes: seconds per cell, the slowest first.

    make profile CHAPTER=05            # every notebook whose name begins so
    python tools/profile.py notebooks/05-t-sne.ipynb --cells 20

The notebook runs from an empty store, as for a reader who starts there, but with the
data sets that are at hand. CPU seconds count all threads: they change less than wall
time when the machine is busy.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import nbformat
import psutil
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]


class Cost(NamedTuple):
    """What one code cell took."""

    cpu: float
    wall: float
    place: int
    first_line: str


def profile(path: Path, cache: Path) -> tuple[list[Cost], float, float]:
    """Run a notebook; return each cell's cost, and the whole's CPU and wall seconds."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=1800, allow_errors=True)
    costs, failures, before = [], [], [0.0, 0.0]

    def cpu_seconds() -> float:
        kernel = psutil.Process(client.km.provisioner.process.pid)
        family = [kernel, *kernel.children(recursive=True)]
        return sum(sum(process.cpu_times()[:2]) for process in family)

    def begin(cell: nbformat.NotebookNode, cell_index: int) -> None:
        before[:] = cpu_seconds(), time.perf_counter()

    def end(cell: nbformat.NotebookNode, cell_index: int, execute_reply: dict) -> None:
        lines = [x for x in cell.source.splitlines() if x and not x.startswith("#")]
        wall = time.perf_counter() - before[1]
        costs.append(Cost(cpu_seconds() - before[0], wall, cell_index, lines[0]))
        if execute_reply["content"]["status"] == "error":
            reply = execute_reply["content"]
            failures.append(f"[{cell_index}] {reply['ename']}: {reply['evalue']}")

    client.on_cell_execute, client.on_cell_executed = begin, end
    os.environ |= {"COURSE_CACHE": str(cache), "TQDM_DISABLE": "1"}
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, client.setup_kernel(cwd=folder):
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                client.execute_cell(cell, index)
        total = cpu_seconds()
    for failure in failures:
        print(f"{path.name} {failure}", file=sys.stderr)
    return costs, total, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("notebooks", nargs="+", help="paths, or beginnings of names")
    parser.add_argument("--cells", type=int, default=12, help="how many to show")
    options = parser.parse_args()
    # The kernels run elsewhere.
    if folder := os.environ.get("LATENT_DATA_DIR"):
        os.environ["LATENT_DATA_DIR"] = str(Path(folder).expanduser().resolve())
    paths = [
        path
        for name in options.notebooks
        for path in sorted((ROOT / "notebooks").glob(f"{Path(name).stem}*.ipynb"))
    ]
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            shutil.rmtree(Path(folder) / "checkpoints", ignore_errors=True)
            costs, cpu, wall = profile(path, Path(folder))
            print(f"\n{path.stem}: {cpu:.0f} s of CPU, {wall:.0f} s")
            for cost in sorted(costs, reverse=True)[: options.cells]:
                print(
                    f"{cost.cpu:6.1f} cpu {cost.wall:6.1f} s  [{cost.place}] "
                    f"{cost.first_line[:60]}"
                )


if __name__ == "__main__":
    main()
