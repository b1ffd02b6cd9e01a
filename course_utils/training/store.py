"""Train once, reuse in the next chapter: the store behind ``fit(keep_as=…)``.

The store never changes a result. A model is reused only if all that shaped it is the
same: its code and first weights, the objective, the data, the recipe, the seed, and
what it ran on. Each of these has a fingerprint; together they are the key.
"""

import datetime
import os
import pickle
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from .. import distributed
from ..objectives import Objective
from ..runtime import cache_dir
from .batches import Batches
from .fingerprints import fingerprint
from .recipe import Recipe

KEPT_PER_NAME = 8  # older files of the same name are deleted


@dataclass(frozen=True)
class Slot:
    """The place in the store of one model, trained in one way."""

    name: str
    ingredients: dict[str, str]

    @classmethod
    def of(
        cls,
        name: str,
        model: nn.Module,
        objective: Objective,
        data: Batches,
        validation: Batches | None,
        recipe: Recipe,
    ) -> "Slot":
        """The place of a model that is about to be trained.

        Raises
        ------
        ValueError
            If the name cannot be part of a file's name.
        """
        if not re.fullmatch(r"[\w.-]+", name):
            raise ValueError(
                f"keep_as={name!r}: use letters, digits, dots and hyphens only."
            )
        place = [torch.__version__, data.device.type, distributed.world_size()]
        sources = {
            "model or first weights": model,
            "objective": objective,
            "data": data,
            "validation data": validation,
            "recipe": asdict(recipe),
            "machine": place,
        }
        return cls(name, {what: fingerprint(it) for what, it in sources.items()})

    @property
    def path(self) -> Path:
        """The file of this model, whether it exists or not."""
        return _folder() / f"{self.name}-{fingerprint(self.ingredients)[:16]}.pt"

    def load(self) -> dict[str, Any] | None:
        """What was stored here (weights, history …), or None: train the model."""
        stored = distributed.from_main(self._read() if distributed.is_main() else None)
        if stored:
            seconds, date = stored["history"]["seconds"], stored["date"]
            distributed.say(
                f"reused {self.name!r}, trained in {seconds:.1f} s on {date}"
            )
        return stored

    def save(self, model: nn.Module, recipe: Any, history: dict[str, Any]) -> None:
        """Keep the model's weights, how it was trained and how that went."""
        if not distributed.is_main():
            return
        history = {key: history[key] for key in history if key != "reused"}
        content = {
            "weights": {
                name: value.cpu() for name, value in model.state_dict().items()
            },
            "history": history,
            "recipe": asdict(recipe),
            "ingredients": self.ingredients,
            "date": datetime.date.today().isoformat(),
        }
        path, temporary = self.path, self.path.with_suffix(f".{os.getpid()}.tmp")
        try:
            torch.save(content | {"check": fingerprint(content)}, temporary)
            temporary.replace(path)  # others see the old file or the new, whole
        except (OSError, RuntimeError) as error:  # a full disk gives either
            print(f"Could not keep {self.name!r} ({error}); the model itself is fine.")
        finally:
            temporary.unlink(missing_ok=True)
        for old in self._files()[KEPT_PER_NAME:]:
            old.unlink(missing_ok=True)

    def _read(self) -> dict[str, Any] | None:
        if not self.path.exists():
            self._say_what_changed()
            return None
        stored = _open(self.path)
        if stored is None:
            print(f"The kept model {self.path} is damaged: training it again.")
        return stored

    def _say_what_changed(self) -> None:
        """Name the ingredients that differ from the last training of this name."""
        files = self._files()
        before = _open(files[0]) if files else None
        if before:
            was = before["ingredients"]
            news = [
                what for what, it in self.ingredients.items() if was.get(what) != it
            ]
            print(f"training {self.name!r} again: new {', '.join(news)}")

    def _files(self) -> list[Path]:
        """All files of this name, newest first."""
        named = re.compile(re.escape(self.name) + r"-[0-9a-f]{16}\.pt")
        files = [path for path in _folder().iterdir() if named.fullmatch(path.name)]
        return sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)


def _open(path: Path) -> dict[str, Any] | None:
    """The content of a checkpoint, or None if it is not what was written."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        check = content.pop("check")
    except (OSError, EOFError, AttributeError, KeyError, RuntimeError, ValueError,
            pickle.UnpicklingError):  # fmt: skip
        return None
    return content if check == fingerprint(content) else None


def _folder() -> Path:
    folder = cache_dir() / "checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
