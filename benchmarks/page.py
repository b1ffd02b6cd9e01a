"""The page of the book: tables and sentences, all of them made from the results."""

import json
from pathlib import Path
from statistics import mean, median
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PAGE = HERE.parent / "book" / "benchmarks.md"
START = "<!-- measured: written by `python -m benchmarks`, not by hand -->\n"
END = "<!-- end of measured -->\n"

Results = dict[str, Any]
Row = dict[str, Any]


def render(results: Results | None) -> str:
    """All that was measured, as Markdown; without results, that there are none."""
    if results is None:
        return "There is no full run to show yet: `make bench` makes one.\n"
    parts = [conditions(results), throughput(results)]
    if "quality" in results:
        parts.append(time_to_quality(results))
    return "\n\n".join(parts) + "\n"


def write(results: Results | None) -> None:
    """Put the results between the page's markers."""
    PAGE.write_text(insert(PAGE.read_text(), results))


def insert(page: str, results: Results | None) -> str:
    """The page with these results between its markers, all else as it was."""
    before, rest = page.split(START)
    _, after = rest.split(END)
    return before + START + "\n" + render(results) + "\n" + END + after


def stored() -> Results | None:
    """The results of the last full run, if there was one."""
    return json.loads(RESULTS.read_text()) if RESULTS.exists() else None


def conditions(results: Results) -> str:
    """Where and when, and how busy the machine was."""
    at = results["conditions"]
    text = (
        f"Measured on {at['date']}: {at['machine']}; {at['versions']}; "
        f"{at['images']:,} images of {at['data']}; {at['rounds']} rounds."
    )
    if at["load"] > 0.5:
        text += (
            f" Other programs kept {at['load']:.1f} cores busy when it began: on a "
            "quiet machine all figures are higher."
        )
    return text


def throughput(results: Results) -> str:
    """Images per second, and what they amount to beside peers and matrix products."""
    rows = {row["name"]: row for row in results["throughput"]}
    flop = results["flop_per_image"]
    lines = []
    for row in rows.values():
        limit = rows.get(f"matmul-{row['batch']}")
        comparable = limit and limit["precision"] == row["precision"]
        share = f"{ratio(row, limit):.0%}" if limit and comparable else ""
        low, high = min(row["images_per_s"]), max(row["images_per_s"])
        lines.append(
            [
                row["label"],
                f"{row['batch']:,}",
                row["precision"],
                f"{speed(row):,.0f}",
                f"{low:,.0f} – {high:,.0f}",
                f"{ratio(row, rows['examples']):.1f}",
                f"{ratio(row, rows['keras-jax']):.2f}",
                f"{speed(row) * flop / 1e9:,.0f}",
                share,
            ]
        )
    header = [
        "who trains",
        "batch",
        "precision",
        "images/s",
        "lowest – highest",
        "× examples",
        "× Keras-JAX",
        "GFLOP/s",
        "of the limit",
    ]
    eager, compiled = rows["fit-128"], rows["fit-128, compiled"]
    summary = (
        f"Same batch, same mathematics: `fit` trains "
        f"{ratio(eager, rows['examples']):.1f} times as fast as the structure of "
        f"pytorch/examples, compiled {ratio(compiled, rows['examples']):.1f} times. "
        f"That is {ratio(eager, rows['keras-jax']):.2f} and "
        f"{ratio(compiled, rows['keras-jax']):.2f} times Keras-JAX. "
        f"Compiling made the first epoch take {compiled['first_epoch_s']:.0f} s."
    )
    return table(header, lines) + "\n\n" + summary


def time_to_quality(results: Results) -> str:
    """Seconds to the test ELBO of the plain recipe: peers, ours, ours with the fast."""
    quality = results["quality"]
    rows = {row["name"]: row for row in results["throughput"]}
    plain, fast = quality["plain"], quality["recipe"]
    epochs = plain["recipe"]["epochs"]
    images = epochs * results["conditions"]["images"]

    lines = []
    for name in ("examples", "keras-torch", "keras-jax", "fit-128"):
        row = rows[name]
        lines.append((row["label"], "plain", images / speed(row), plain["nats"]))
    for name, label in [("fast", "`fit`"), ("fast, compiled", "`fit`, compiled")]:
        runs = quality[name]
        seconds = median(run["seconds"] for run in runs)
        lines.append((label, "fast", seconds, [run["nats"] for run in runs]))
    slow = lines[0][2]
    body = [
        [
            who,
            recipe,
            f"{seconds:,.1f}",
            f"{slow / seconds:.1f}",
            f"{mean(nats):.2f}",
            f"{min(nats):.2f} – {max(nats):.2f}",
        ]
        for who, recipe, seconds, nats in lines
    ]
    header = [
        "who trains",
        "recipe",
        "seconds",
        "× examples",
        "test nats",
        "best – worst seed",
    ]

    _, _, seconds, nats = lines[-2]
    passes = epochs / fast["epochs"]
    reached = mean(nats) <= mean(plain["nats"])
    first = quality["fast, compiled, first time"]["seconds"]
    summary = (
        f"The plain recipe, {epochs} epochs at batch {plain['recipe']['batch_size']}, "
        f"ends at {mean(plain['nats']):.2f} nats per test image, the mean of "
        f"{len(plain['nats'])} seeds measured once, by `fit`; its seconds follow from "
        f"the images/s above. The fast recipe, {fast['epochs']} epochs at batch "
        f"{fast['batch_size']:,}, {'reaches' if reached else '**misses**'} that: "
        f"{mean(nats):.2f} nats in {seconds:.1f} s, {slow / seconds:.0f} times faster "
        f"than pytorch/examples. That is {passes:.1f} times fewer passes over the "
        f"data, and passes that are {slow / seconds / passes:.1f} times faster. "
        f"Compiled, the first training took {first:.1f} s, since it had to compile."
    )
    return table(header, body) + "\n\n" + summary


def speed(row: Row) -> float:
    """Images per second, the median over rounds."""
    return median(row["images_per_s"])


def ratio(row: Row, other: Row) -> float:
    """How many times faster, the median over rounds of the ratio within a round."""
    pairs = zip(row["images_per_s"], other["images_per_s"], strict=True)
    return median(mine / theirs for mine, theirs in pairs)


def table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table: the first column to the left, numbers to the right."""
    rule = [":--"] + ["--:"] * (len(header) - 1)
    return "\n".join("| " + " | ".join(line) + " |" for line in [header, rule, *rows])
