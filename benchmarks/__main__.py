"""One command: measure, print, and write the page.

python -m benchmarks           all of it, at most eight minutes; writes the page
python -m benchmarks --quick   a rehearsal in two minutes; writes nothing
python -m benchmarks --page    only the page again, from the stored results
python -m benchmarks --reference    measure anew what quality the plain recipe has
"""

import argparse
import datetime
import json
import os
import platform
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch

from course_utils.datasets import load
from course_utils.runtime import current

from . import page, quality, throughput
from .contenders import FLOP_PER_IMAGE


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="fewer images, no quality")
    parser.add_argument("--page", action="store_true", help="rewrite the page only")
    parser.add_argument("--reference", action="store_true", help="the plain recipe")
    asked = parser.parse_args()
    if asked.page:
        page.write(page.stored())
        return
    if asked.reference:
        quality.measure_reference(load())
        return
    if missing := [name for name in ("keras", "jax") if not find_spec(name)]:
        raise SystemExit(
            f"The benchmark's peers are missing ({', '.join(missing)}): "
            "pip install -e '.[bench]'"
        )
    results = measure(quick=asked.quick)
    print("\n" + page.render(results))
    if not asked.quick:
        page.RESULTS.write_text(json.dumps(results, indent=1) + "\n")
        page.write(results)
        print(f"Written to {page.RESULTS} and {page.PAGE}")


def measure(quick: bool) -> page.Results:
    """Every figure of the page; ``quick`` takes a fifth of the images, two rounds."""
    data = load()
    if not quick:
        quality.reference(data)  # better to hear now that there is none
    images = data.train_images[: len(data.train_images) // (5 if quick else 1)]
    rounds, seconds = (2, 0.5) if quick else (5, 2.0)
    results: page.Results = {
        "conditions": conditions(len(images), data.title, rounds),
        "flop_per_image": FLOP_PER_IMAGE,
    }
    results["throughput"] = throughput.measure(data.name, len(images), rounds, seconds)
    if not quick:
        results["quality"] = quality.measure(data)
    return results


def conditions(images: int, data: str, rounds: int) -> dict[str, Any]:
    """What a reader needs to know to judge the figures."""
    packages = ("torch", "keras", "jax")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return {
        "date": datetime.date.today().isoformat(),
        "machine": f"{processor()}, {current().describe().split(' · ')[0]}",
        "versions": f"Python {platform.python_version()}, {versions}",
        "data": data,
        "images": images,
        "rounds": rounds,
        "load": os.getloadavg()[0],
    }


def processor() -> str:
    """The processor's or the accelerator's name."""
    if current().device.type == "cuda":
        return torch.cuda.get_device_name()
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.split(":")[1].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    main()
