"""The rooms of the package: each imports only what the table lets it, top-down."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "course_utils"

# A room and what it may import, in reading order: a room stands below all that it
# imports. `__init__` and `__main__` may import everything.
ROOMS = {
    "cache": "",
    "distributed": "",
    "models": "",
    "latent": "",
    "sound": "",
    "show": "",
    "runtime": "cache distributed show",
    "objectives": "models",
    "datasets": "cache runtime sound",
    "metrics": "runtime",
    "training": "cache distributed models objectives runtime",
    "pretrained": "datasets models objectives runtime training",
    "claims": "runtime show",
    "exercises": "latent metrics models objectives runtime show",
    "explorers": "cache latent metrics show sound",
}


def imported(source: str, folder: tuple[str, ...]) -> set[str]:
    """The rooms that a file in this folder of the package imports, anywhere in it."""
    found: list[tuple[str, ...]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [tuple(alias.name.split(".")) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = ("course_utils", *folder)
            start = package[: len(package) + 1 - node.level] if node.level else ()
            start += tuple((node.module or "").split(".")) if node.module else ()
            found += [(*start, alias.name) for alias in node.names]
    return {name[1] for name in found if name[0] == "course_utils" and len(name) > 1}


def test_the_table_holds_every_room_and_is_in_reading_order():
    parts = {path.stem for path in PACKAGE.iterdir() if path.suffix in ("", ".py")}
    assert ROOMS.keys() == parts - {"__init__", "__main__", "__pycache__"}
    above: set[str] = set()
    for room, allowed in ROOMS.items():
        assert set(allowed.split()) <= above, room
        above.add(room)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_it_may(room):
    own = PACKAGE / room
    for file in sorted(own.rglob("*.py")) if own.is_dir() else [own.with_suffix(".py")]:
        folder = file.relative_to(PACKAGE).parent.parts
        found = imported(file.read_text("utf-8"), folder) - {room}
        too_many = found - set(ROOMS[room].split())
        assert not too_many, f"{file.relative_to(PACKAGE)} imports {sorted(too_many)}"


@pytest.mark.parametrize(
    ("source", "folder", "rooms"),
    [
        (
            "from ..show import note\nfrom . import core",
            ("exercises",),
            "show exercises",
        ),
        ("def f():\n    from .show.style import INK", (), "show"),
        ("import course_utils.show, torch", (), "show"),
        ("from course_utils import metrics", ("explorers",), "metrics"),
        ("from ...cache import folder", ("datasets", "drawn"), "cache"),
    ],
)
def test_every_way_to_import_is_seen(source, folder, rooms):
    assert imported(source, folder) == set(rooms.split())


def test_contributing_draws_the_same_rooms():
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text("utf-8")
    table = text.partition("## The package")[2].partition("Reading order")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    drawn = [name for row in rows for name in re.findall(r"`(\w+)/?`", row)]
    assert sorted(drawn) == sorted(ROOMS)
