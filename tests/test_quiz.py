"""Quizzes: a question, native controls, explained answers."""

import pytest
from markup import check, displayed

from course_utils.exercises.quiz import STORAGE_PREFIX, quiz
from course_utils.show.output import asset

ANSWERS = {"pixels < 1": "Yes: `nats` per image.", "the batch": "No: *average* there."}


def test_a_quiz_is_a_named_group_of_named_controls():
    html = displayed(quiz, "Summed over what?", ANSWERS, right="the batch").html
    markup = check(html)
    assert "<fieldset><legend>Summed over what?</legend><label>" in html
    radios = markup.all("input")
    assert [radio["value"] for radio in radios] == list(ANSWERS)
    assert {radio["type"] for radio in radios} == {"radio"}
    assert len({radio["name"] for radio in radios}) == 1
    assert all("data-lm-suppress-shortcuts" in radio for radio in radios)
    assert not markup.ids()


def test_every_answer_is_explained_and_one_is_right():
    html = displayed(quiz, "Summed over what?", ANSWERS, right="the batch").html
    assert html.count("✓ Right.") == 1
    assert "✓ Right.</strong> No: <em>average</em> there." in html
    assert "✗ Not this one.</strong> Yes: <code>nats</code> per image." in html


def test_the_plain_text_asks_without_telling(capsys):
    quiz("Summed over what?", ANSWERS, right="the batch")
    assert capsys.readouterr().out == (
        "Summed over what?\n  a) pixels < 1\n  b) the batch\n"
    )


def test_a_choice_is_remembered_under_the_documented_key():
    assert f'"{STORAGE_PREFIX}" + quiz.dataset.question' in asset("exercises/quiz.js")
    named = displayed(quiz, "Q?", ANSWERS, right="the batch", name="ch2-sum").html
    assert 'data-question="ch2-sum"' in named
    same, other = (
        displayed(quiz, q, ANSWERS, right="the batch").html for q in ("Q?", "R?")
    )
    assert same == displayed(quiz, "Q?", ANSWERS, right="the batch").html
    assert check(same).all("input")[0]["name"] != check(other).all("input")[0]["name"]


@pytest.mark.parametrize(
    ("answers", "right", "sentence"),
    [
        ({"a": "why"}, "a", "at least two answers"),
        (ANSWERS, "pixels", "'pixels' is none of the answers"),
        ({"a": "why", "b": " "}, "a", r"Explain each answer to 'Q\?': \['b'\]"),
    ],
)
def test_a_quiz_that_cannot_teach_is_refused(answers, right, sentence):
    with pytest.raises(ValueError, match=sentence):
        quiz("Q?", answers, right=right)
