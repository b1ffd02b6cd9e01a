"""A question with answers that explain themselves.

Native radio buttons, a few lines of style sheet and script, no network. The answer
chosen is remembered in the browser's local storage under
``latent-course:quiz:<name>``; the site may clear the keys with that prefix.
"""

import hashlib
from collections.abc import Mapping

from ..show import output

STORAGE_PREFIX = "latent-course:quiz:"


def quiz(
    question: str, answers: Mapping[str, str], *, right: str, name: str | None = None
) -> None:
    """Display a question; choosing an answer shows what is right or wrong about it.

    Parameters
    ----------
    question : one sentence. `code`, **bold** and *emphasis* as in Markdown; formulas in
        plain characters (σ², x̂).
    answers : answer -> explanation, in the order to show.
    right : the answer that is right.
    name : under which the choice is remembered; derived from the question if None.

    Raises
    ------
    ValueError : fewer than two answers, no explanation, or ``right`` is none of them.
    """
    if len(answers) < 2:
        raise ValueError(f"The quiz '{question}' needs at least two answers.")
    if right not in answers:
        raise ValueError(f"'{right}' is none of the answers to '{question}'.")
    if unexplained := [answer for answer, why in answers.items() if not why.strip()]:
        raise ValueError(f"Explain each answer to '{question}': {unexplained}.")
    name = name or hashlib.sha256(question.encode()).hexdigest()[:10]
    name = output.attribute(name)
    items = ""
    for answer, why in answers.items():
        good = answer == right
        verdict = "✓ Right." if good else "✗ Not this one."
        items += (
            f'<label><input type="radio" name="{name}" {output.OWN_KEYS} '
            f'value="{output.attribute(answer)}"> <span>{output.inline(answer)}</span>'
            f'</label><div class="lc-why lc-{"good" if good else "bad"}" role="status">'
            f"<p><strong>{verdict}</strong> {output.inline(why)}</p></div>"
        )
    plain = "\n".join(f"  {chr(97 + i)}) {a}" for i, a in enumerate(answers))
    output.Output(
        f'<div class="lc-out lc-quiz" data-question="{name}">'
        f"{output.style('show/figure', 'exercises/quiz')}"
        f"<fieldset><legend>{output.inline(question)}</legend>{items}</fieldset>"
        f"<script>{output.asset('exercises/quiz.js')}</script></div>",
        f"{question}\n{plain}",
    ).show()
