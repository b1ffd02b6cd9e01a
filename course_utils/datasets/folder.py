"""A reader's own images, from a folder, an .npz or a .csv, as a `Dataset`."""

import csv
import os
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps

from ..cache import why
from .dataset import Dataset, DataUnavailable

KINDS = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff"}
GREY, COLOUR = 28, 32  # pixels along a side
FEWEST = 20  # images
_SPLIT = ("train", "test")  # subfolders, or arrays' names, that say who learns
NEAR_COPY = 1 / 6  # of the usual distance between two training images


def load_folder(
    path: str | os.PathLike[str],
    *,
    colour: bool | None = None,
    test_share: float = 0.2,
    most: int = 5000,
    seed: int = 0,
    quiet: bool = False,
) -> Dataset:
    """Load images of one's own; print one sentence: what was found and left out.

    Images become squares (the middle of those that are none), 28×28 in grey or 32×32
    in colour. Exact copies go, and so do test images that are nearly in training:
    six times nearer to a training image than two of those usually are to each other.
    Shifted or turned copies are not found: put them into one of the folders ``train``
    and ``test`` by yourself.

    Parameters
    ----------
    path : a folder of images, whose subfolders are the classes if there are two or
        more (the folders ``train`` and ``test``, if both are there, are the split); an
        .npz with ``images``, [N, H, W] or [N, H, W, 3], and perhaps ``labels`` [N]; or
        a .csv with one image a row, its pixels in columns, and perhaps a ``label``
    colour : None keeps colour where there is any; False makes all images grey
    test_share : how many of all are drawn for the test, where no folders say so
    most : images to use, drawn at random if there are more
    seed : of the draws

    Raises
    ------
    DataUnavailable
        If there is nothing to load; the message says why and what to do about it.
    """
    place = Path(path).expanduser()
    left_out: Counter[str] = Counter()
    if not place.exists():
        raise DataUnavailable(f"There is no {place}: name a folder, .npz or .csv file.")
    if not 0 < test_share < 1 or most < FEWEST:
        raise ValueError(
            f"test_share is {test_share} and most is {most}: choose a share between 0 "
            f"and 1, and at least {FEWEST} images."
        )
    random = np.random.default_rng(seed)
    read = {".npz": _from_npz, ".csv": _from_csv}.get(place.suffix.lower())
    if place.is_dir():
        raw, names, given = _from_files(place, most, random, left_out)
    elif read:
        raw, names, given = *read(place), None
    else:
        raise DataUnavailable(
            f"{place.name} is no folder, no .npz and no .csv file: put your images "
            "into a folder and name that."
        )
    if len(raw) > most:
        chosen = np.sort(random.permutation(len(raw))[:most])
        left_out[f"more than {most:,}"] = len(raw) - most
        raw, names = [raw[i] for i in chosen], [names[i] for i in chosen]
    if not raw:
        reasons = _listed(left_out)
        raise DataUnavailable(
            f"{place} holds no image that can be read (left out: {reasons}): put "
            "files such as .png or .jpg there."
        )
    sizes = sorted({image.size for image in raw})
    if colour is None:
        colour = any(map(_has_colour, raw))
    images = np.stack([_square(image, colour) for image in raw])

    classes = sorted(set(names))
    labels = np.array([classes.index(name) for name in names])
    keep = np.unique(images.reshape(len(images), -1), axis=0, return_index=True)[1]
    keep = random.permutation(keep)  # the first thousand speak for all classes
    left_out["exact copies"] = len(images) - len(keep)
    images, labels = images[keep], labels[keep]
    if given is not None:
        is_test = np.array(given)[keep]
    else:
        is_test = np.zeros(len(images), bool)
        is_test[random.permutation(len(images))[: round(test_share * len(images))]] = 1
    asked = np.flatnonzero(is_test)
    flat = torch.from_numpy(images).flatten(1).float() / 255
    gone = asked[:0]
    if len(asked) and (~is_test).sum() > 1:
        near = closeness(flat[asked], flat[~is_test]) < NEAR_COPY
        gone = asked[near.numpy()]
    left_out["test images nearly in training"] = len(gone)
    in_train, in_test = np.flatnonzero(~is_test), np.setdiff1d(asked, gone)
    used = np.concatenate([in_train, in_test])
    if len(used) < FEWEST or not len(in_test) or not len(in_train):
        raise DataUnavailable(
            f"{place} has {len(used)} different images, {len(in_test)} of them to test "
            f"with: {FEWEST} are the least, and some hundreds are better."
        )
    found = _sentence(sizes, images[used], classes, labels[used], left_out)
    data = Dataset(
        name="folder",
        title=place.name or str(place),
        train_images=torch.from_numpy(images[in_train]),
        train_labels=torch.from_numpy(labels[in_train]),
        test_images=torch.from_numpy(images[in_test]),
        test_labels=torch.from_numpy(labels[in_test]),
        class_names=tuple(classes),
        licence="yours",
        source=str(place),
        reason=found,
    )
    if not quiet:
        counts = f"{len(in_train):,} to learn from, {len(in_test):,} to test with"
        print(f"{data.title}: {found}; {counts}.")
    return data


Images = list[Image.Image]


def _from_files(
    place: Path, most: int, random: np.random.Generator, left_out: Counter[str]
) -> tuple[Images, list[str], list[bool] | None]:
    """The images below a folder, the class of each, and which are there to test."""
    files = [
        file
        for file in sorted(place.rglob("*"))
        if file.is_file()
        and not any(p.startswith(".") for p in file.relative_to(place).parts)
    ]
    pictures = [file for file in files if file.suffix.lower() in KINDS]
    left_out["files that are no images"] = len(files) - len(pictures)
    if len(pictures) > most:
        left_out[f"more than {most:,}"] = len(pictures) - most
        chosen = np.sort(random.permutation(len(pictures))[:most])
        pictures = [pictures[i] for i in chosen]
    parts = [file.relative_to(place).parts[:-1] for file in pictures]
    split = {part[0] for part in parts if part} == set(_SPLIT) and all(parts)
    folders = [part[1:] if split else part for part in parts]
    several = len({folder[:1] for folder in folders}) > 1
    images, names, given = [], [], []
    for file, part, folder in zip(pictures, parts, folders, strict=True):
        try:
            with Image.open(file) as image:
                images.append(_plain(image))
        except Exception:  # damage shows itself in many ways
            left_out["broken files"] += 1
            continue
        names.append(folder[0] if several and folder else "images")
        given.append(split and part[0] == "test")
    return images, names, given if split else None


def _plain(image: Image.Image) -> Image.Image:
    """Upright, in 8-bit RGB; what is transparent becomes white."""
    image = ImageOps.exif_transpose(image)
    if image.mode[0] in "IF":  # 16 bits and more: from its darkest to its brightest
        values = np.asarray(image, "float64")
        low, high = values.min(), values.max()
        scaled = (values - low) / max(high - low, 1e-9) * 255
        image = Image.fromarray(scaled.round().astype("uint8"))
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")


def _from_npz(place: Path) -> tuple[Images, list[str]]:
    try:
        with np.load(place, allow_pickle=False) as arrays:
            held = dict(arrays)
    except Exception as error:
        raise DataUnavailable(
            f"{place.name} cannot be read ({why(error)}): write it with np.savez("
            '"my.npz", images=images, labels=labels).'
        ) from None
    if "images" not in held:
        raise DataUnavailable(
            f"{place.name} holds {sorted(held)} but no images: write it with np.savez("
            '"my.npz", images=images, labels=labels).'
        )
    images = held["images"]
    if images.ndim == 4 and images.shape[3] == 1:
        images = images[..., 0]
    if images.ndim not in (3, 4) or images.shape[3:] not in ((), (3,)):
        raise DataUnavailable(
            f"The images in {place.name} have the shape {list(images.shape)}: give "
            "[N, H, W] in grey or [N, H, W, 3] in colour."
        )
    labels = held.get("labels", np.zeros(len(images), int))
    if labels.shape != (len(images),):
        raise DataUnavailable(
            f"{place.name} holds {len(images)} images and labels of shape "
            f"{list(labels.shape)}: give one label for each image."
        )
    return _as_pictures(images, place), _names(labels.tolist(), "labels" in held)


def _from_csv(place: Path) -> tuple[Images, list[str]]:
    try:
        with place.open(newline="", encoding="utf-8-sig") as file:
            head, *rows = [row for row in csv.reader(file) if row]
        where = [name.strip().lower() for name in head]
        column = where.index("label") if "label" in where else None
        labels = (
            [row[column] for row in rows] if column is not None else [0] * len(rows)
        )
        columns = [i for i in range(len(head)) if i != column]
        table = np.array([[float(row[i]) for i in columns] for row in rows])
    except (OSError, ValueError, IndexError) as error:
        raise DataUnavailable(
            f"{place.name} cannot be read as a table ({why(error)}): give it one row "
            "of names, then one image a row, its pixels as numbers, and if you like a "
            "column called label."
        ) from None
    side = round(len(columns) ** 0.5)
    if side**2 != len(columns) or not len(table):
        raise DataUnavailable(
            f"{place.name} has {len(table)} rows of {len(columns)} numbers, which make "
            "no square image: give the pixels of a square, such as 784 for 28×28."
        )
    return _as_pictures(table.reshape(-1, side, side), place), _names(
        labels, column is not None
    )


def _as_pictures(images: np.ndarray, place: Path) -> Images:
    """Numbers as pictures: up to 1, or up to 255."""
    if images.dtype.kind not in "buif" or not np.isfinite(images).all():
        raise DataUnavailable(
            f"The pixels in {place.name} are not all numbers: look at how they were "
            "written."
        )
    whole = images.dtype == np.uint8
    if images.size and not 0 <= images.min() <= images.max() <= 255:
        raise DataUnavailable(
            f"The pixels in {place.name} go from {images.min():g} to "
            f"{images.max():g}: scale them to 0 … 1 or to 0 … 255."
        )
    unit = not whole and images.size and images.max() <= 1
    pixels = np.round(images * (255 if unit else 1)).astype("uint8")
    return [Image.fromarray(pixel).convert("RGB") for pixel in pixels]


def _names(labels: list[Any], known: bool) -> list[str]:
    return [str(label) if known else "images" for label in labels]


def _has_colour(image: Image.Image) -> bool:
    """Whether the channels differ by more than a JPEG's rounding somewhere."""
    small = np.asarray(image.resize((8, 8), Image.Resampling.BOX)).astype(int)
    return bool(np.ptp(small, axis=2).max() > 8)


def _square(image: Image.Image, colour: bool) -> np.ndarray:
    side = COLOUR if colour else GREY
    fitted = ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS)
    return np.asarray(fitted if colour else fitted.convert("L"))


def closeness(test: torch.Tensor, train: torch.Tensor) -> torch.Tensor:
    """How near each test image is to training, where two of training usually are at 1.

    [M, D] and [N, D] give [M]: the distance to the nearest training image over the
    median distance between two of them. Taught in chapter 14.
    """
    usual = torch.pdist(train[:1000]).median()  # more would only take longer
    return torch.cdist(test, train).amin(dim=1) / usual


def _sentence(
    sizes: list[tuple[int, int]],
    images: np.ndarray,
    classes: list[str],
    labels: np.ndarray,
    left_out: Counter[str],
) -> str:
    """What was found and what was left out."""
    (w, h), (wide, high) = sizes[0], sizes[-1]
    before = f"{w}×{h}" if len(sizes) == 1 else f"{w}×{h} to {wide}×{high}"
    now = f"{COLOUR}×{COLOUR} in colour" if images.ndim == 4 else f"{GREY}×{GREY} grey"
    said = f"{len(images):,} images of {before} pixels, now {now}"
    counts = np.bincount(labels, minlength=len(classes))
    if len(classes) > 1:
        said += f", in {len(classes)} classes of {counts.min()} to {counts.max()}"
    else:
        said += ", without classes"
    return f"{said}; left out: {_listed(left_out)}"


def _listed(left_out: Counter[str]) -> str:
    gone = [f"{what} ({n:,})" for what, n in left_out.items() if n]
    return ", ".join(gone) or "nothing"
