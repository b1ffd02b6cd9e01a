"""A reader's own images: what is found, what is left out, and what is said."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import course_utils as cu
from course_utils.datasets import DataUnavailable

RNG = np.random.default_rng(0)


def pictures(count: int, *shape: int) -> np.ndarray:
    return RNG.integers(0, 256, (count, *shape), "uint8")


def write(folder: Path, images: np.ndarray, start: int = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for i, image in enumerate(images, start):
        Image.fromarray(image).save(folder / f"{i:03}.png")
    return folder


def test_subfolders_are_classes_and_every_image_is_itself(tmp_path: Path, capsys):
    cats, dogs = pictures(15, 28, 28), pictures(25, 28, 28)
    write(tmp_path / "cat", cats)
    write(tmp_path / "dog", dogs)
    data = cu.load_folder(tmp_path)
    assert data.class_names == ("cat", "dog")
    assert (len(data.train_images), len(data.test_images)) == (32, 8)
    images = torch.cat([data.train_images, data.test_images]).numpy()
    labels = torch.cat([data.train_labels, data.test_labels])
    known = {x.tobytes(): c for c, xs in enumerate((cats, dogs)) for x in xs}
    assert [known[x.tobytes()] for x in images] == labels.tolist()
    said = capsys.readouterr().out
    assert "40 images of 28×28 pixels, now 28×28 grey" in said
    assert "2 classes of 15 to 25; left out: nothing; 32 to learn" in said
    assert said.count("\n") == 1


def test_without_subfolders_there_are_no_classes(tmp_path: Path):
    data = cu.load_folder(write(tmp_path / "all", pictures(20, 9, 9)), quiet=True)
    assert data.class_names == ("images",)
    assert data.train_images.shape[1:] == (28, 28)


def test_what_is_left_out_is_counted(tmp_path: Path):
    images = pictures(40, 28, 28)
    write(tmp_path, images)
    write(tmp_path, images[:3], start=100)  # exact copies
    (tmp_path / "broken.png").write_bytes(b"no image")
    Image.fromarray(images[0]).save(tmp_path / "cut.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "cut.png").read_bytes()[:200])
    (tmp_path / "notes.txt").write_text("words")
    (tmp_path / ".hidden.png").write_bytes(b"")
    said = cu.load_folder(tmp_path, quiet=True).reason
    assert "40 images" in said
    assert "files that are no images (1)" in said
    assert "broken files (2)" in said
    assert "exact copies (3)" in said


def test_near_copies_do_not_stand_on_both_sides(tmp_path: Path):
    images = pictures(40, 28, 28)
    near = images.copy()
    near[:, 0, 0] ^= 8  # one pixel, a little
    write(tmp_path, images)
    write(tmp_path, near, start=100)
    data = cu.load_folder(tmp_path, quiet=True)
    train, test = (cu.flatten(x).float() for x in (data.train_images, data.test_images))
    gone = int(re.search(r"nearly in training \((\d+)\)", data.reason)[1])
    assert gone + len(train) + len(test) == 80
    assert torch.cdist(test, train).min() > 100
    assert gone > 0


def test_folders_called_train_and_test_are_the_split(tmp_path: Path):
    for split, count in (("train", 20), ("test", 6)):
        for name in "ab":
            write(tmp_path / split / name, pictures(count, 28, 28))
    data = cu.load_folder(tmp_path, quiet=True)
    assert (len(data.train_images), len(data.test_images)) == (40, 12)
    assert data.class_names == ("a", "b")


def test_the_first_images_speak_for_all_classes(tmp_path: Path):
    """Files come class by class; whoever takes the first few takes a fair draw."""
    for name in "abcd":
        write(tmp_path / name, pictures(30, 28, 28))
    data = cu.load_folder(tmp_path, quiet=True)
    for labels in (data.train_labels[:20], data.test_labels):
        assert labels.unique().tolist() == [0, 1, 2, 3]
    again = cu.load_folder(tmp_path, quiet=True)
    assert torch.equal(data.train_images, again.train_images)


def test_colour_is_kept_or_left_out(tmp_path: Path):
    write(tmp_path, pictures(20, 40, 50, 3))
    assert cu.load_folder(tmp_path, quiet=True).train_images.shape[1:] == (32, 32, 3)
    grey = cu.load_folder(tmp_path, colour=False, quiet=True)
    assert grey.train_images.shape[1:] == (28, 28)


@pytest.mark.parametrize("mode", ["RGBA", "P", "I;16", "LA", "1", "CMYK"])
def test_every_kind_of_picture_is_read(tmp_path: Path, mode: str):
    kind = "tif" if mode == "CMYK" else "png"
    for i, image in enumerate(pictures(20, 30, 30)):
        if mode == "I;16":
            picture = Image.fromarray(image.astype("uint16") * 256)
        else:
            picture = (
                Image.fromarray(image)
                .convert("L")
                .convert("RGB" if mode == "CMYK" else "L")
            )
            picture = picture.convert(mode)
        picture.save(tmp_path / f"{i}.{kind}")
    data = cu.load_folder(tmp_path, colour=False, quiet=True)
    assert len(data.train_images) + len(data.test_images) == 20
    assert data.train_images.float().std() > 10


@pytest.mark.parametrize("unit", [False, True])
def test_arrays_and_tables(tmp_path: Path, unit: bool):
    images, labels = pictures(30, 28, 28), np.arange(30) % 3
    values = images / 255 if unit else images
    np.savez(tmp_path / "my.npz", images=values, labels=labels)
    rows = [",".join(["label", *(f"p{i}" for i in range(784))])]
    for label, image in zip(labels, values, strict=True):
        rows.append(",".join([str(label), *map(str, image.ravel())]))
    (tmp_path / "my.csv").write_text("\n".join(rows))
    for name in ("my.npz", "my.csv"):
        data = cu.load_folder(tmp_path / name, quiet=True)
        assert data.class_names == ("0", "1", "2")
        known = {x.tobytes(): c for x, c in zip(images, labels, strict=True)}
        found = [known[x.tobytes()] for x in data.train_images.numpy()]
        assert found == data.train_labels.tolist()


def test_of_too_many_images_some_are_drawn(tmp_path: Path):
    write(tmp_path, pictures(60, 8, 8))
    said = cu.load_folder(tmp_path, most=50, quiet=True).reason
    assert "50 images" in said
    assert "more than 50 (10)" in said


def test_the_same_folder_gives_the_same_split(tmp_path: Path):
    write(tmp_path, pictures(30, 8, 8))
    first, again, other = (
        cu.load_folder(tmp_path, seed=s, quiet=True).test_images for s in (0, 0, 1)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def bad_inputs(folder: Path) -> dict[str, str]:
    write(folder / "few", pictures(5, 8, 8))
    write(folder / "same", np.repeat(pictures(1, 8, 8), 30, 0))
    (folder / "empty").mkdir()
    (folder / "a.zip").write_bytes(b"PK")
    (folder / "bad.npz").write_bytes(b"PK")
    np.savez(folder / "names.npz", pictures=np.ones(3))
    np.savez(folder / "flat.npz", images=np.ones((30, 784)))
    np.savez(folder / "wide.npz", images=np.full((30, 8, 8), 300.0))
    np.savez(folder / "nan.npz", images=np.full((30, 8, 8), np.nan))
    np.savez(folder / "short.npz", images=np.ones((30, 8, 8)), labels=np.ones(3))
    (folder / "words.csv").write_text("a,b\nred,blue\n")
    (folder / "odd.csv").write_text("a,b,c\n1,2,3\n")
    (folder / "none.csv").write_text("")
    return {
        "missing": "There is no .*: name a folder",
        "few": "20 are the least",
        "same": "20 are the least",
        "empty": "holds no image .* put files",
        "a.zip": "put your images into a folder",
        "bad.npz": "cannot be read",
        "names.npz": "holds .'pictures'. but no images",
        "flat.npz": r"\[30, 784\]",
        "wide.npz": "scale them",
        "nan.npz": "not all numbers",
        "short.npz": "one label for each",
        "words.csv": "cannot be read as a table",
        "odd.csv": "no square image",
        "none.csv": "cannot be read as a table",
    }


def test_what_cannot_be_loaded_gets_one_sentence(tmp_path: Path):
    for name, words in bad_inputs(tmp_path).items():
        with pytest.raises(DataUnavailable, match=words) as caught:
            cu.load_folder(tmp_path / name)
        assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match="choose a share"):
        cu.load_folder(tmp_path, test_share=2)
