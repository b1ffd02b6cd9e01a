"""A real machine's temperature, from the Numenta Anomaly Benchmark (NAB)."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .downloads import File, Source, obtain
from .shelf import Arrays

_SERIES = "machine_temperature_system_failure.csv"
_SERVER = "https://raw.githubusercontent.com/numenta/NAB/master"


@dataclass(frozen=True, eq=False, repr=False)
class Machine:
    """A temperature, every five minutes for eleven weeks, and when it was abnormal.

    `times` (datetime64[m], [N]) and `temperature` (float32, [N], no unit is given)
    belong together. `windows` (datetime64[m], [4, 2]) are first and last moments of
    what NAB's authors call anomalies.
    """

    times: np.ndarray
    temperature: np.ndarray
    windows: np.ndarray
    reason: str
    licence: str = "MIT"

    def describe(self) -> str:
        """One line: what it is, how long, where it was found, under which licence."""
        return (
            f"NAB machine temperature · {len(self.times):,} readings · "
            f"{len(self.windows)} windows · {self.reason} · {self.licence}"
        )

    def __repr__(self) -> str:
        return f"<Machine: {self.describe()}>"


def load_machine(*, insist: bool = False, quiet: bool = False) -> Machine:
    """Load the temperature of a large industrial machine, 2013 to 2014.

    Raises DataUnavailable if it is neither in LATENT_DATA_DIR nor cached and cannot be
    downloaded. Unless we `insist`, a download that failed is not tried again for a day.
    """
    arrays, place = obtain("machine_temperature", SOURCE, insist=insist)
    machine = Machine(
        times=arrays["times"].astype("datetime64[m]"),
        temperature=arrays["temperature"],
        windows=arrays["windows"].astype("datetime64[m]"),
        reason=place,
    )
    if not quiet:
        print(machine.describe())
    return machine


def _read(contents: Sequence[bytes]) -> Arrays:
    """Minutes since 1970, readings, and windows from NAB's two files."""
    rows = list(csv.DictReader(contents[0].decode().splitlines()))
    labels = json.loads(contents[1])[f"realKnownCause/{_SERIES}"]
    moments = np.array([row["timestamp"] for row in rows], "datetime64[m]")
    windows = np.array(labels, "datetime64[m]")
    return {
        "times": moments.astype(np.int64),
        "temperature": np.array([row["value"] for row in rows], np.float32),
        "windows": windows.astype(np.int64),
    }


SOURCE = Source(
    title="NAB's machine temperature",
    files=(
        File(
            f"NAB/{_SERIES}",
            (f"{_SERVER}/data/realKnownCause/{_SERIES}",),
            ("92bf5b87fc7f9bba8ca0b7ec63ccaac8cb4a1371a258e8c29a10ae9c018d82a4",),
        ),
        File(
            "NAB/combined_windows.json",
            (f"{_SERVER}/labels/combined_windows.json",),
            ("1e1fbc4601321aad8d0f8b3784c8134299379f68f6c1f7777565f8ffd57ab6b1",),
        ),
    ),
    read=_read,
    licence="MIT",
    origin="Numenta Anomaly Benchmark (Lavin & Ahmad 2015)",
    class_names=(),
    again="load_machine(insist=True)",
)
