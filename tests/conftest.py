"""What all tests share."""

import os
from pathlib import Path

import matplotlib
import pytest

ROOT = Path(__file__).resolve().parents[1]

matplotlib.use("Agg")  # not by MPLBACKEND, which the notebooks' kernels would inherit
os.environ["TQDM_DISABLE"] = "1"
if folder := os.environ.get("LATENT_DATA_DIR"):  # the notebooks' kernels run elsewhere
    os.environ["LATENT_DATA_DIR"] = str(Path(folder).resolve())


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def notebooks(root: Path) -> list[Path]:
    """The chapters, in reading order."""
    found = sorted((root / "notebooks").glob("*.ipynb"))
    assert found, "there are no notebooks"
    return found
