"""A short message with a verdict: a claim that holds, an exercise that is not right."""

from typing import Literal

from . import output

_SIGNS = {"good": "✓", "bad": "✗", "open": "○"}


def note(kind: Literal["good", "bad", "open"], head: str, body: str) -> output.Output:
    """A sign, a bold ``head`` and a ``body``; the colour only repeats the sign."""
    sign = _SIGNS[kind]
    start = f"<strong>{output.inline(head)}</strong> " if head else ""
    text = f"{sign} {head} {body}" if head else f"{sign} {body}"
    return output.Output(
        f'<div class="lc-note lc-{kind}">{output.style("show/note")}<p>'
        f'<span aria-hidden="true">{sign}</span> {start}{output.inline(body)}'
        "</p></div>",
        text.strip(),
    )
