"""Real faces: 40 people, ten photographs of each, taken at AT&T from 1992 to 1994."""

import contextlib
import hashlib
import io
import os
import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch
from scipy.io import loadmat
from sklearn.datasets import fetch_olivetti_faces

from .dataset import Dataset, DataUnavailable
from .network import answers, patience
from .shelf import keep

FILE = "Olivetti/olivettifaces.mat"  # in LATENT_DATA_DIR
# The file as it goes round, and as scikit-learn downloads it.
SHA256 = (
    "b1988d02c72fe5b8ee82b5ef3bb7982eafc74f1e1ff0ae0ade35061ad0af534d",
    "b612fb967f2dc77c9c62d3e1266e0c73d5fca46a4b8906c18e454d41af987794",
)
SERVER = "https://ndownloader.figshare.com/"  # that scikit-learn asks
ANSWER_WITHIN = 4.0  # seconds that it has for its first answer
STALL_AFTER = 10.0  # seconds without a byte that end a download
PEOPLE, EACH, SIZE = 40, 10, 64
TEST = 2  # the last images of each person


def load(name: str = "olivetti") -> Dataset:
    """Load 320 + 80 photographs, uint8 [N, 64, 64]; labels say which of 40 people.

    Raises DataUnavailable if they are neither in LATENT_DATA_DIR nor cached and
    cannot be downloaded.
    """
    own, trouble = os.environ.get("LATENT_DATA_DIR"), ""
    if own:
        try:
            return _dataset(name, _read(Path(own).resolve() / FILE), "LATENT_DATA_DIR")
        except DataUnavailable as problem:
            trouble = f". LATENT_DATA_DIR does not help: {problem}"
    try:
        faces = keep(name, lambda: {"faces": _fetch()})["faces"]
    except DataUnavailable as problem:
        raise DataUnavailable(f"{problem}{trouble}") from None  # it says all
    return _dataset(name, faces, f"the course's cache{trouble}")


def _dataset(name: str, faces: np.ndarray, place: str) -> Dataset:
    """Split faces [400, 64, 64], ten in a row of each person."""
    images = torch.from_numpy(faces).unflatten(0, (PEOPLE, EACH))
    labels = torch.arange(PEOPLE)[:, None].expand(-1, EACH)
    return Dataset(
        name=name,
        title="Olivetti faces",
        train_images=images[:, :-TEST].flatten(0, 1),
        train_labels=labels[:, :-TEST].flatten(),
        test_images=images[:, -TEST:].flatten(0, 1),
        test_labels=labels[:, -TEST:].flatten(),
        class_names=tuple(f"person {i + 1}" for i in range(PEOPLE)),
        licence="free to use, with credit to AT&T Laboratories Cambridge",
        source="Samaria & Harter 1994, Parameterisation of a stochastic model for "
        "human face identification",
        reason=f"found in {place}",
    )


def _read(path: Path) -> np.ndarray:
    """The faces in a file of Matlab's, once its checksum is verified."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataUnavailable(f"{path} cannot be read ({error.strerror})") from error
    if hashlib.sha256(content).hexdigest() not in SHA256:
        raise DataUnavailable(f"{path} is damaged (its checksum is wrong)")
    faces = loadmat(io.BytesIO(content))["faces"]  # [pixels by column, images]
    return _stretch(faces.T.reshape(-1, SIZE, SIZE).transpose(0, 2, 1))


def _fetch() -> np.ndarray:
    """Download through scikit-learn, into a folder that is then dropped."""
    try:
        if not answers([SERVER], within=ANSWER_WITHIN):
            raise ConnectionError("no answer from the network")
        with (
            tempfile.TemporaryDirectory() as folder,
            patience(STALL_AFTER),
            contextlib.redirect_stdout(io.StringIO()),  # it tells what it does,
            warnings.catch_warnings(action="ignore"),  # and that it tries again
        ):
            faces = fetch_olivetti_faces(data_home=folder, n_retries=1, delay=0.5)
        return _stretch(faces.images)
    except OSError as error:
        cause = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise DataUnavailable(
            f"The Olivetti faces could not be downloaded: {cause} "
            '(load("olivetti") tries again; or let LATENT_DATA_DIR name a folder '
            f"that holds {FILE})"
        ) from error


def _stretch(faces: np.ndarray) -> np.ndarray:
    """Grey levels from 0 to 255, whichever way they came: uint8, of the same shape."""
    faces = faces.astype(np.float32) - faces.min()
    return np.round(faces / faces.max() * 255).astype(np.uint8)
