"""What an exercise's check says of an answer."""

from typing import Any


def diagnosis(check: Any, answer: Any) -> str:
    """The words for a wrong answer."""
    verdict = check.judge(answer)
    assert verdict.state == "wrong"
    return verdict.message
