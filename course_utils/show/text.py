"""Numbers and sentences that a cell computed."""

import math
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any, Literal

from IPython.display import Markdown, display

from course_utils.show import output

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

    Parameters
    ----------
    rows : one dict per row, or one sequence per column: ``{"model": [...], ...}``.
    caption : what the table shows, and in which units.
    best : column -> "max" or "min": its best values are set bold and starred.

    Raises
    ------
    ValueError : no caption, no rows, or ``best`` names a column that is not there.
    """
    as_output(rows, caption=caption, best=best).show()


def as_output(
    rows: Rows,
    *,
    caption: str,
    best: Mapping[str, Literal["max", "min"]] | None = None,
) -> output.Output:
    """What `table` displays."""
    caption = output.required(caption, "caption", "table")
    records = _records(rows)
    if not records:
        raise ValueError("A table needs at least one row.")
    names = list(records[0])
    if missing := set(best or {}) - set(names):
        raise ValueError(f"best names no column of the table: {sorted(missing)}.")
    columns = {name: [row.get(name) for row in records] for name in names}
    shown = {name: _column(values) for name, values in columns.items()}
    winners = {
        name: _winners(columns[name], shown[name], how)
        for name, how in (best or {}).items()
    }
    head = "".join(f'<th scope="col">{output.inline(name)}</th>' for name in names)
    body = ""
    for i in range(len(records)):
        cells = f'<th scope="row">{output.inline(shown[names[0]][i])}</th>'
        for name in names[1:]:
            cells += _cell(shown[name][i], columns[name][i], i in winners.get(name, ()))
        body += f"<tr>{cells}</tr>"
    plain = "\n".join(
        "  ".join(shown[name][i] for name in names) for i in range(len(records))
    )
    label = output.attribute(caption)
    return output.Output(
        f'<div class="lc-out lc-scroll" role="region" aria-label="{label}" '
        f'tabindex="0">{output.style("show/table")}<table class="lc-table">'
        f"<caption>{output.inline(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>",
        f"{caption}\n{'  '.join(names)}\n{plain}",
    )


def _records(rows: Rows) -> list[Mapping[str, Any]]:
    """One dict per row, whichever way the table was given."""
    if not isinstance(rows, Mapping):
        return list(rows)
    if len({len(values) for values in rows.values()}) > 1:
        raise ValueError("All columns of a table need as many values.")
    return [
        dict(zip(rows, values, strict=True))
        for values in zip(*rows.values(), strict=True)
    ]


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _column(values: Sequence[Any]) -> list[str]:
    """The values as text; floats of one column with the same number of decimals."""
    sizes = [
        abs(float(x))
        for x in values
        if _is_number(x) and not isinstance(x, Integral) and math.isfinite(x) and x
    ]
    largest = max(sizes, default=1.0)
    if largest < 1e-3:
        return ["–" if x is None else output.number(x) for x in values]
    # four significant digits for the largest, three if it is below one
    decimals = min(3, max(0, 3 - math.floor(math.log10(largest))))
    return [
        "–"
        if x is None
        else f"{x:,.{decimals}f}"
        if _is_number(x) and not isinstance(x, Integral)
        else output.number(x)
        for x in values
    ]


def _winners(values: Sequence[Any], shown: Sequence[str], how: str) -> set[int]:
    """Rows that show the best value of a column; what looks equal wins together."""
    numbers = [float(x) for x in values if _is_number(x) and not math.isnan(x)]
    if not numbers:
        return set()
    top = max(numbers) if how == "max" else min(numbers)
    text = next(s for x, s in zip(values, shown, strict=True) if x == top)
    return {i for i, s in enumerate(shown) if s == text}


def _cell(text: str, value: Any, best: bool) -> str:
    kind = ' class="lc-number"' if _is_number(value) or value is None else ""
    if best:
        text = (
            f'<strong>{text}</strong> <span aria-hidden="true">★</span>'
            '<span class="lc-hidden"> best</span>'
        )
        return f"<td{kind}>{text}</td>"
    return f"<td{kind}>{output.inline(text)}</td>"
