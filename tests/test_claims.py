"""Claims: shown with their figures, or the build stops."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from markup import check

from course_utils import runtime
from course_utils.claims import ClaimFailed, claim
from course_utils.show.output import Output


@pytest.fixture(autouse=True)
def judged(monkeypatch):
    """A budget in which a miss counts."""
    monkeypatch.setattr(runtime, "current", lambda: SimpleNamespace(budget="cpu"))


def test_a_claim_that_holds_is_one_line_with_its_figures(capsys):
    claim("codes beat pixels", 0.957 > 0.942, codes=0.95712, images=12000)
    shown = capsys.readouterr().out
    assert shown == "✓ codes beat pixels (codes = 0.957, images = 12,000)\n"


def test_a_claim_that_fails_stops_with_statement_and_figures():
    with pytest.raises(ClaimFailed) as failure:
        claim("codes beat pixels", False, five_nn=0.9, **{"on 10 labels": "yes"})
    expected = (
        "This does not hold: codes beat pixels (five NN = 0.9, on 10 labels = yes)."
    )
    assert str(failure.value) == expected


def test_in_the_smoke_budget_a_miss_is_not_judged(monkeypatch, capsys):
    monkeypatch.setattr(runtime, "current", lambda: SimpleNamespace(budget="smoke"))
    claim("codes beat pixels", False, codes=0.1)
    claim("it ran", True)
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith("○ Not judged in the smoke budget: codes beat pixels")
    assert shown[1] == "✓ it ran"


@pytest.mark.parametrize(
    "holds", [True, np.bool_(True), np.array([True]), torch.tensor(True)]
)
def test_one_truth_value_of_any_kind_will_do(holds, capsys):
    claim("it holds", holds)
    assert capsys.readouterr().out == "✓ it holds\n"


@pytest.mark.parametrize(
    ("holds", "error", "sentence"),
    [
        (0.9, TypeError, "write a comparison"),
        (None, TypeError, "was given None, not True or False"),
        (torch.ones(3), TypeError, "not True or False"),
        (torch.ones(3) > 0, ValueError, "3 truth values: say which must hold"),
        (np.array([], bool), ValueError, "0 truth values"),
    ],
)
def test_what_is_not_one_truth_value_is_refused(holds, error, sentence):
    with pytest.raises(error, match=sentence):
        claim("codes beat pixels", holds)


@pytest.mark.parametrize("figure", [None, float("nan"), torch.tensor(float("inf"))])
def test_a_figure_that_was_not_measured_is_refused(figure):
    with pytest.raises(ValueError, match="figure 'codes' of the claim 'it holds'"):
        claim("it holds", True, codes=figure)


def test_a_figure_is_one_number(capsys):
    claim("it holds", True, loss=torch.tensor(150.64, dtype=torch.bfloat16))
    with pytest.raises(ValueError, match="holds 2 numbers: give one"):
        claim("it holds", True, losses=np.array([1.0, 2.0]))


def test_what_is_shown_is_well_formed_and_can_be_collected(monkeypatch):
    shown = []
    monkeypatch.setattr(Output, "show", lambda output: shown.append(output))
    claim('a "b" < c', True, with_kl=0.1 + 0.2, floor=torch.tensor(3), spread="wide")
    (div, *_) = check(shown[0].html).all("div")
    assert div["data-claim"] == 'a "b" < c'
    figures = json.loads(div["data-figures"])
    assert figures == {"with KL": 0.1 + 0.2, "floor": 3, "spread": "wide"}
    assert shown[0].text.endswith("(with KL = 0.3, floor = 3, spread = wide)")
    assert "&lt; c" in shown[0].html
