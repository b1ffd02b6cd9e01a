"""Keep the built book readable with the network cut.

Three things in a Jupyter Book page reach for the network: MathJax, the state of
widgets (which needs a loader), and Thebe. MathJax is copied from a Python package,
the other two are dropped: the pages have no kernel to talk to.
"""

import importlib.util
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

# All that a page with TeX input can ask for; the package holds 33 MB more.
MATHJAX = ("tex-chtml.js", "output/chtml/fonts/woff-v2", "input/tex/extensions")


def mathjax_folder() -> Path:
    """The MathJax files inside `sphinx-mathjax-offline`."""
    # Its name has hyphens, so no import statement can name it.
    spec = importlib.util.find_spec("sphinx-mathjax-offline")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(
            "The book serves MathJax from the package sphinx-mathjax-offline, which "
            "is not installed: pip install -e '.[book]'."
        )
    return Path(spec.origin).parent / "static/mathjax"


def copy_mathjax(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.format != "html":
        return
    source, target = mathjax_folder(), Path(app.outdir, "_static/mathjax")
    for name in MATHJAX:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, dirs_exist_ok=True)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, target / name)


def drop_widget_state(app: Sphinx, env: Any) -> None:
    # MyST-NB writes the state of every widget into the page, weights and all.
    for page in getattr(env, "nb_metadata", {}).values():
        scripts = page.get("js_files", {})
        for key in [key for key in scripts if key.startswith("ipywidgets_")]:
            del scripts[key]


def drop_thebe(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: Any
) -> None:
    def is_thebe(script: Any) -> bool:
        body = getattr(script, "attributes", {}).get("body") or ""
        name = getattr(script, "filename", None) or ""
        return "thebe" in f"{name} {body}".lower()

    for kind in ("script_files", "css_files"):
        context[kind] = [s for s in context.get(kind, []) if not is_thebe(s)]


def setup(app: Sphinx) -> dict[str, Any]:
    app.config.mathjax_path = "mathjax/tex-chtml.js"
    app.connect("build-finished", copy_mathjax)
    app.connect("env-updated", drop_widget_state)
    app.connect("html-page-context", drop_thebe, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
