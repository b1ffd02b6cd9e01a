"""The machine's temperature: two small files in place of NAB's, and the real ones."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from course_utils.datasets import DataUnavailable, downloads, load_machine, machine

OWN = os.environ.get("LATENT_DATA_DIR", "")
SERIES = b"timestamp,value\n2013-12-02 21:15:00,73.9\n2013-12-02 21:20:00,74.5\n"
WINDOWS = json.dumps(
    {
        "realKnownCause/machine_temperature_system_failure.csv": [
            ["2013-12-02 21:16:00.000000", "2013-12-02 21:20:00.000000"]
        ]
    }
).encode()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    contents = [SERIES, WINDOWS]
    files = [
        file._replace(sha256=(hashlib.sha256(content).hexdigest(),), urls=())
        for file, content in zip(machine.SOURCE.files, contents, strict=True)
    ]
    for file, content in zip(files, contents, strict=True):
        path = tmp_path / file.path
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    monkeypatch.setattr(machine, "SOURCE", machine.SOURCE._replace(files=tuple(files)))
    monkeypatch.setenv("LATENT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    return tmp_path


def test_readings_and_windows(folder, capsys):
    found = load_machine()
    assert found.temperature.tolist() == pytest.approx([73.9, 74.5])
    assert (found.times >= found.windows[0, 0]).tolist() == [False, True]
    assert capsys.readouterr().out == (
        "NAB machine temperature · 2 readings · 1 windows · "
        "found in LATENT_DATA_DIR · MIT\n"
    )
    assert repr(found).startswith("<Machine: NAB")


def test_a_damaged_file_is_refused_and_the_way_out_named(folder, monkeypatch):
    (folder / machine.SOURCE.files[0].path).write_bytes(b"timestamp,value\n")

    def nobody(urls):
        raise ConnectionError("no answer from the network")

    monkeypatch.setattr(downloads, "_first_to_answer", nobody)
    with pytest.raises(DataUnavailable) as problem:
        load_machine(quiet=True)
    assert "load_machine(insist=True) tries again" in str(problem.value)
    assert "is damaged" in str(problem.value)


@pytest.mark.skipif(
    not (Path(OWN) / machine.SOURCE.files[0].path).exists(),
    reason="LATENT_DATA_DIR does not hold the machine",
)
def test_the_real_machine():
    real = load_machine(quiet=True)
    assert real.times.shape == real.temperature.shape == (22_695,)
    inside = [(real.times >= a) & (real.times <= b) for a, b in real.windows]
    assert [int(window.sum()) for window in inside] == [567] * 4
    assert real.windows.shape == (4, 2)
