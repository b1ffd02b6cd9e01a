"""Train once, reuse in the next chapter: the store behind ``fit(keep_as=…)``.

The store never changes a result. A model is reused only if all that shaped it is the
same: its code and first weights, the objective, the data, the recipe, the training
loop, and what it ran on. Each of these has a fingerprint; together they are the key.
What has no fingerprint, or leaves more behind than weights, is trained each time. So
is everything if the cache cannot be used: that costs time, but no result.
"""

import datetime
import os
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn
from tqdm.auto import tqdm

from .. import distributed
from ..cache import cache_dir, locked, not_kept, write_atomically
from ..runtime import own_randomness
from .fingerprints import Undigestible, fingerprint
from .history import GanHistory, History
from .loop import weights_of
from .recipe import GanRecipe, Recipe

KEPT_PER_NAME = 8  # older files of the same name are deleted
FORMAT = 2  # of the files and their keys
AnyHistory = TypeVar("AnyHistory", History, GanHistory)


def train_once(
    model: nn.Module,
    train: Callable[[tqdm], AnyHistory],
    kind: type[AnyHistory],
    slot: "Slot | None",
    recipe: Recipe | GanRecipe,
    *,
    reuse: bool = True,
    bar: dict[str, Any],
    device: torch.device,
) -> AnyHistory:
    """Reuse what is kept, or train and keep it: what ``fit`` and ``fit_gan`` share.

    Whoever wants the same at the same time, in another notebook, waits and reuses it.
    """
    with slot.locked() if slot else nullcontext():
        if slot and reuse and (kept := slot.load(kind)):
            return kept
        began = time.perf_counter()
        seed = recipe.seed + distributed.rank()
        try:
            with tqdm(**bar) as shown, own_randomness(seed, device):
                history = train(shown)
        finally:
            model.eval()
        history.seconds = time.perf_counter() - began
        if slot and history.stopped == "finished":
            slot.save(recipe, history)
        return history


def bar_settings(total: int, name: str, unit: str, shown: bool) -> dict[str, Any]:
    """tqdm's arguments; its own switch, TQDM_DISABLE, counts too."""
    silenced = os.environ.get("TQDM_DISABLE", "0") not in ("", "0")
    return {
        "total": total,
        "desc": name,
        "unit": f" {unit}",
        "unit_scale": True,
        "disable": silenced or not (shown and distributed.is_main()),
    }


class Slot:
    """The place in the store of one model, trained in one way."""

    def __init__(
        self, name: str, model: nn.Module, objective: Any, shaped_by: dict[str, Any]
    ) -> None:
        self.name, self.model, self.objective = name, model, objective
        self.first_weights = weights_of(model)
        self.refused = ""  # why this training is not to be kept
        self.ingredients = self._live() | _fingerprints(shaped_by)

    @classmethod
    def of(
        cls, name: str | None, model: nn.Module, objective: Any, **shaped_by: Any
    ) -> "Slot | None":
        """The place of a model that is about to be trained, unless it has none.

        Raises
        ------
        ValueError
            If the name cannot be part of a file's name.
        """
        if name is None:
            return None
        if not isinstance(name, str) or not re.fullmatch(r"[\w.-]+", name):
            raise ValueError(
                f"keep_as={name!r}: use letters, digits, dots and hyphens only."
            )
        device = next(model.parameters()).device.type
        machine = [FORMAT, torch.__version__, device, distributed.world_size()]
        try:
            return cls(name, model, objective, shaped_by | {"machine": machine})
        except Undigestible as error:
            distributed.say(
                f"{name!r} is trained each time and not kept: {error}, which cannot be "
                "compared with that of another time."
            )
            return None

    def locked(self) -> AbstractContextManager[None]:
        """Only one process at a time trains this; the others wait."""
        try:
            return locked(self._path()) if distributed.is_main() else nullcontext()
        except OSError:
            return nullcontext()

    def load(self, kind: type[AnyHistory]) -> AnyHistory | None:
        """Give the model its weights and return the history; None: train the model."""
        main = distributed.is_main()
        stored = distributed.from_main(self._read(kind) if main else None)
        if stored is None:
            return None
        history = kind(**stored["history"], reused=True)
        self.model.load_state_dict(stored["weights"])
        self.model.eval()
        distributed.say(
            f"reused {self.name!r}, trained in {history.seconds:.1f} s on "
            f"{stored['date']}"
        )
        return history

    def save(self, recipe: Any, history: History | GanHistory) -> None:
        """Keep the model's weights, how it was trained and how that went."""
        if not distributed.is_main():
            return
        if self.refused or (changed := self._changed()):
            reason = self.refused or f"training changed more than weights: {changed}"
            print(
                f"{self.name!r} is not kept, and will be trained each time: {reason}."
            )
            return
        went = {key: it for key, it in asdict(history).items() if key != "reused"}
        weights = self.model.state_dict().items()
        content = {
            "weights": {name: value.cpu() for name, value in weights},
            "history": went,
            "recipe": asdict(recipe),
            "ingredients": self.ingredients,
            "date": datetime.date.today().isoformat(),
        }
        content |= {"check": fingerprint(content)}
        try:
            write_atomically(self._path(), lambda file: torch.save(content, file))
        except (OSError, RuntimeError) as error:  # a full disk gives either
            print(not_kept(f"The model {self.name!r}", error))
        else:
            for old in self._files()[KEPT_PER_NAME:]:
                for file in (old, Path(f"{old}.lock")):
                    with suppress(OSError):  # Windows keeps an open file
                        file.unlink(missing_ok=True)

    def _live(self) -> dict[str, str]:
        """The fingerprints of what a training might change."""
        self.model.train()  # its mode is training's; those of other networks count
        return _fingerprints(
            {"model or first weights": self.model, "objective": self.objective}
        )

    def _changed(self) -> str:
        """What differs from before the training, though the first weights are back."""
        trained = weights_of(self.model)
        self.model.load_state_dict(self.first_weights)
        try:
            now = self._live()
            news = [what for what, it in now.items() if it != self.ingredients[what]]
        except Undigestible as error:
            news = [str(error)]
        finally:
            self.model.load_state_dict(trained)
            self.model.eval()
        return ", ".join(news)

    def _path(self) -> Path:
        """The file of this model, whether it exists or not; OSError: no cache."""
        key = fingerprint(self.ingredients)[:16]
        return cache_dir("checkpoints") / f"{self.name}-{key}.pt"

    def _read(self, kind: type[AnyHistory]) -> dict[str, Any] | None:
        try:
            path = self._path()
            found = path.exists()
        except OSError:
            return None
        if not found:
            self._say_what_changed()
            return None
        stored = _open(path)
        try:
            kind(**stored["history"])  # type: ignore[index]
        except (TypeError, KeyError):
            print(f"The kept model {path} is damaged: training it again.")
            return None
        return stored

    def _say_what_changed(self) -> None:
        """Name the ingredients that differ from the last training of this name."""
        files = self._files()
        before = _open(files[0]) if files else None
        if before:
            was = before.get("ingredients", {})
            news = [
                what for what, it in self.ingredients.items() if was.get(what) != it
            ]
            print(f"training {self.name!r} again: new {', '.join(news)}")

    def _files(self) -> list[Path]:
        """All files of this name, newest first, that nobody removes meanwhile."""
        named = re.compile(re.escape(self.name) + r"-[0-9a-f]{16}\.pt")
        ages: dict[Path, float] = {}
        with suppress(OSError):
            for path in cache_dir("checkpoints").iterdir():
                if named.fullmatch(path.name):
                    with suppress(OSError):
                        ages[path] = path.stat().st_mtime
        return sorted(ages, key=lambda path: ages[path], reverse=True)


def _fingerprints(things: dict[str, Any]) -> dict[str, str]:
    """Each thing's fingerprint; Undigestible says which of them has none."""
    found = {}
    for what, thing in things.items():
        what = what.replace("_", " ")
        try:
            found[what] = fingerprint(thing)
        except Undigestible as error:
            raise Undigestible(f"its {what} holds {error}") from None
    return found


def _open(path: Path) -> dict[str, Any] | None:
    """The content of a checkpoint, or None if it is not what was written."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        check = content.pop("check")
        return content if check == fingerprint(content) else None
    except Exception:  # whatever is the matter with it, training helps
        return None
