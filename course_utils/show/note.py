"""A short message with a verdict: a claim that holds, an exercise that is not right."""

import json
from collections.abc import Mapping
from typing import Any, Literal

from . import output

_SIGNS = {"good": "✓", "bad": "✗", "open": "○"}


def note(
    kind: Literal["good", "bad", "open"],
    head: str,
    body: str,
    data: Mapping[str, Any] | None = None,
) -> output.Output:
    """A sign, a bold ``head`` and a ``body``; the colour only repeats the sign.

    ``data`` is for programs that read the page: name -> text, or else what JSON can
    hold, as ``data-<name>``.
    """
    sign = _SIGNS[kind]
    start = f"<strong>{output.inline(head)}</strong> " if head else ""
    text = f"{sign} {head} {body}" if head else f"{sign} {body}"
    attributes = "".join(
        f' data-{name}="{output.attribute(_as_text(value))}"'
        for name, value in (data or {}).items()
    )
    return output.Output(
        f'<div class="lc-note lc-{kind}"{attributes}>{output.style("show/note")}<p>'
        f'<span aria-hidden="true">{sign}</span> {start}{output.inline(body)}'
        "</p></div>",
        text.strip(),
    )


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
