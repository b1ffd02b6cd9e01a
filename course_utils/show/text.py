"""Numbers and sentences that a cell computed."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from IPython.display import Markdown, display

from . import output

_STAR = '\u00a0<span aria-hidden="true">★</span><span class="lc-hidden"> best</span>'

_NOTHING = "–"
_NUMERAL = re.compile(r"−?[\d.,]+( – [\d.,]+)?")

Rows = Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Any]]


def say(markdown: str) -> None:
    """Display Markdown, so that a sentence can carry numbers the cell computed."""
    display(Markdown(markdown))


def table(
    rows: Rows,
    *,
    caption: str,
    best: Mapping[str, Literal["max", "min"]] | None = None,
) -> None:
    """Display a small table; its first column names the rows.

    The numbers of a column get the same number of decimals, as many as they need, and
    stand at the right; so do texts that are numbers, such as ``f"{x:.0f}"``.

    Parameters
    ----------
    rows : one dict per row, or one sequence per column: ``{"model": [...], ...}``.
    caption : what the table shows, and in which units.
    best : column -> "max" or "min": its best values are set bold and starred.

    Raises
    ------
    ValueError : no caption, no rows, or ``best`` names a column that is not there.
    """
    caption = output.required(caption, "caption", "table")
    values, best = _columns(rows), {str(k): how for k, how in (best or {}).items()}
    height = len(next(iter(values.values()), ()))
    if not height:
        raise ValueError("A table needs at least one row.")
    if missing := sorted(best.keys() - values.keys()):
        raise ValueError(f"best names no column of the table: {missing}.")
    texts = {name: _texts(column) for name, column in values.items()}
    stars = {name: _best(values[name], texts[name], how) for name, how in best.items()}
    number = ' class="lc-number"'
    of_numbers = {n for n in values if _are_numbers(values[n], texts[n])}
    first, *others = values
    head = "".join(
        f'<th scope="col"{number if name in of_numbers - {first} else ""}>'
        f"{output.inline(output.spelled(name))}</th>"
        for name in values
    )
    body = ""
    for row in range(height):
        body += f'<tr><th scope="row">{output.inline(texts[first][row])}</th>'
        for name in others:
            text = output.inline(texts[name][row])
            if row in stars.get(name, ()):
                text = f"<strong>{text}</strong>{_STAR}"
            body += f"<td{number if name in of_numbers else ''}>{text}</td>"
        body += "</tr>"
    lines = [list(values), *zip(*texts.values(), strict=True)]
    output.Output(
        '<div class="lc-out lc-scroll" role="region" tabindex="0" '
        f'aria-label="{output.attribute(caption)}">{output.style("show/table")}'
        f'<table class="lc-table"><caption><span>{output.inline(caption)}</span>'
        "</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>",
        "\n".join([caption, *("  ".join(line) for line in lines)]),
    ).show()


def _columns(rows: Rows) -> dict[str, list[Any]]:
    """Name of the column -> its values, whichever way the table was given."""
    if isinstance(rows, Mapping):
        columns = {str(name): list(values) for name, values in rows.items()}
    else:  # a row may lack what another one has
        names = list(dict.fromkeys(name for row in rows for name in row))
        columns = {str(name): [row.get(name) for row in rows] for name in names}
    if len({len(values) for values in columns.values()}) > 1:
        raise ValueError("All columns of a table need as many values.")
    return {
        name: [x.item() if hasattr(x, "item") else x for x in values]
        for name, values in columns.items()
    }


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_numbers(values: Sequence[Any], texts: Sequence[str]) -> bool:
    """Whether a column holds numbers, or only texts that are numbers or ranges."""
    shown = [text for text in texts if text != _NOTHING]
    return any(map(_is_number, values)) or all(map(_NUMERAL.fullmatch, shown))


def _texts(values: Sequence[Any]) -> list[str]:
    """The values as text; beside floats, all with the same number of decimals."""
    numbers = [x for x in values if _is_number(x) and math.isfinite(x)]
    sizes = [abs(x) for x in numbers if isinstance(x, float) and x]
    # four digits for the largest; three decimals if it is below ten
    decimals = min(3, max(0, 3 - math.floor(math.log10(max(sizes, default=1.0)))))
    alike = sizes and min(sizes) >= 10.0**-decimals
    # no zeros that all of them end with, save in shares
    short = max(sizes, default=0) > 1
    while short and decimals and all(f"{x:.{decimals}f}"[-1] == "0" for x in numbers):
        decimals -= 1

    def text(value: Any) -> str:
        if value is None:
            return _NOTHING
        if alike and _is_number(value) and math.isfinite(value):
            return f"{value:z,.{decimals}f}".replace("-", "−")
        if isinstance(value, str):
            return re.sub(r"^-(?=\d)", "−", value)
        return output.number(value)

    return [text(value) for value in values]


def _best(values: Sequence[Any], texts: Sequence[str], how: str) -> set[int]:
    """Rows that show the best value of a column; what looks equal wins together."""
    rows = [i for i, x in enumerate(values) if _is_number(x) and not math.isnan(x)]
    if not rows:
        return set()
    top = (max if how == "max" else min)(rows, key=lambda i: values[i])
    return {i for i in rows if texts[i] == texts[top]}
