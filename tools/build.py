"""Build the site: run the notebooks that need it, write the pages.

python tools/build.py             # or: make book
python tools/build.py --tested    # nbval runs all notebooks first, as `make test` does
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from jupyter_book.sphinx import build_sphinx
from myst_nb.core.execute import ExecutionError

ROOT = Path(__file__).resolve().parents[1]


def explain(result: int | BaseException) -> str:
    """Why the build stopped, for the last lines on the screen."""
    if isinstance(result, ExecutionError):
        return f"{result} stopped it:\n{result.__cause__}"
    if isinstance(result, BaseException):
        return f"{type(result).__name__}: {result}"
    return "Each warning above stands for something to mend."


def build(book: Path, tested: bool = False) -> int:
    """Build the book that lies in a folder; returns the exit status."""
    # A rehearsal must not throw away the pages of the real thing.
    rehearsal = os.environ.get("COURSE_BUDGET") == "smoke"
    output = book / ("_build/smoke" if rehearsal else "_build")
    if folder := os.environ.get("LATENT_DATA_DIR"):  # the kernels run elsewhere
        os.environ["LATENT_DATA_DIR"] = str(Path(folder).expanduser().resolve())
    prepare = [sys.executable, ROOT / "tools/prepare.py", book, output]
    if subprocess.run(prepare).returncode:
        return 1
    chapters = [sys.executable, "-m", "pytest", "notebooks", "--keep-in", output]
    if tested and subprocess.run(chapters, cwd=book).returncode:
        print("\nThe book was not built: a notebook failed.", file=sys.stderr)
        return 1

    os.environ["COURSE_CACHE"] = str(output / "cache")
    os.environ["TQDM_DISABLE"] = "1"  # each step of a bar would be an output
    # The theme copies its logo there, even where a build stops before it is made.
    (output / "html/_static").mkdir(parents=True, exist_ok=True)
    result = build_sphinx(
        book,
        output / "html",
        noconfig=True,
        path_config=book / "_config.yml",
        confoverrides={
            "external_toc_path": str(book / "_toc.yml"),
            "latex_individualpages": False,
            "nitpicky": True,
        },
        warningiserror=True,
        keep_going=True,
    )
    if result:
        # A page that was read once is not read again, nor its warnings repeated.
        shutil.rmtree(output / ".doctrees", ignore_errors=True)
        print(f"\nThe book was not built. {explain(result)}", file=sys.stderr)
        return 1
    facts = json.loads((output / "facts.json").read_text("utf-8"))
    print(f"\nData:    {facts['data']['title']} ({facts['data']['reason']})")
    print(f"Machine: {facts['machine']['runtime']}")
    print(f"Open:    {output / 'html/index.html'}")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("book", nargs="?", type=Path, default=ROOT)
    parser.add_argument("--tested", action="store_true", help="run notebooks by nbval")
    asked = parser.parse_args()
    return build(asked.book.resolve(), asked.tested)


if __name__ == "__main__":
    sys.exit(main())
