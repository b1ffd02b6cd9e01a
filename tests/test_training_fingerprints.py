"""Fingerprints change with what a thing does, and with nothing else."""

import functools
import inspect

import numpy as np
import pytest
import torch
from torch import nn
from toys import ToyAutoencoder

from course_utils import models, objectives
from course_utils.objectives import elbo_loss, squared_error
from course_utils.training.fingerprints import fingerprint


def function(source: str, **names):
    """A function f written in a notebook, as it were."""
    space = {"__name__": "__main__", **names}
    exec(source, space)
    return space["f"]


def same(one, other):
    return fingerprint(one) == fingerprint(other)


def test_layout_and_comments_do_not_matter():
    plain = function("def f(x): return x + 1")
    assert same(plain, function("# note\ndef f(x):\n\n    return (x +\n 1)"))


def test_docstrings_and_annotations_do_not_matter():
    plain = function("def f(x):\n y = x + 1\n return y")
    explained = "def f(x: int) -> int:\n 'One more.'\n y: int = x + 1\n return y"
    assert same(plain, function(explained))


def test_what_a_chapter_writes_out_is_the_package_s_copy():
    source = inspect.getsource(objectives.squared_error)
    written = source.replace("squared_error", "f").replace(": nn.Module", "")
    names = {"Tensor": torch.Tensor, "Parts": dict}
    assert same(function(written, **names), squared_error)

    space = {"__name__": "__main__", "nn": nn, "torch": torch, "Tensor": torch.Tensor}
    exec(inspect.getsource(models.DigitCNN), space)
    torch.manual_seed(0)
    mine = space["DigitCNN"]()
    torch.manual_seed(0)
    assert same(mine, models.DigitCNN())


@pytest.mark.parametrize(
    "source",
    [
        "def f(x): return x + 2",
        "def f(x): return x - 1",
        "def f(x, y=1): return x + 1",
        "def f(x): return (lambda: x + 1)()",
    ],
)
def test_what_a_function_does_matters(source):
    assert not same(function("def f(x): return x + 1"), function(source))


def test_enclosed_values_and_bound_arguments_matter():
    assert same(elbo_loss(2.0), elbo_loss(2.0))
    assert not same(elbo_loss(1.0), elbo_loss(2.0))
    assert not same(functools.partial(max, 1), functools.partial(max, 2))


def test_helpers_and_constants_of_the_notebook_matter():
    source = "def f(x): return helper(x) * SCALE"
    one = function("def f(x): return x")
    other = function("def f(x): return x * x")
    assert same(
        function(source, helper=one, SCALE=1), function(source, helper=one, SCALE=1)
    )
    assert not same(
        function(source, helper=one, SCALE=1), function(source, helper=other, SCALE=1)
    )
    assert not same(
        function(source, helper=one, SCALE=1), function(source, helper=one, SCALE=2)
    )


def test_helpers_reached_through_the_package_matter(monkeypatch):
    mine = function(
        "def f(m): return objectives.gaussian_kl(m, m)", objectives=objectives
    )
    before = fingerprint(mine)
    monkeypatch.setattr(objectives, "gaussian_kl", lambda mu, log_var: mu)
    assert fingerprint(mine) != before


def test_a_function_that_calls_itself_has_an_end():
    loop = function("def f(n): return n and f(n - 1)")
    assert same(loop, loop)


def test_models_differ_by_weights_settings_and_code():
    assert same(ToyAutoencoder(), ToyAutoencoder())
    assert not same(ToyAutoencoder(), ToyAutoencoder(seed=1))
    assert not same(nn.Dropout(0.1), nn.Dropout(0.2))
    assert not same(nn.ReLU(), nn.Sigmoid())
    tanh = type(
        "Net", (nn.Module,), {"forward": function("def f(s, x): return x.tanh()")}
    )
    relu = type(
        "Net", (nn.Module,), {"forward": function("def f(s, x): return x.relu()")}
    )
    assert not same(tanh(), relu())


def test_attributes_of_a_class_matter():
    narrow = type("Net", (nn.Module,), {"width": 1})
    wide = type("Net", (nn.Module,), {"width": 2})
    assert not same(narrow(), wide())


def test_training_mode_does_not_matter():
    assert same(ToyAutoencoder().train(), ToyAutoencoder().eval())


def test_tensors_and_arrays_differ_by_content_shape_and_type():
    x = torch.arange(6.0)
    assert same(x, x.clone()) and same(x, x.numpy())
    assert not same(x, x.reshape(2, 3))
    assert not same(x, x.double())
    assert not same(x, x + (x == 3))
    assert same(torch.tensor(1.0), np.float32(1.0))
    assert same(x.reshape(2, 3).T, x.reshape(2, 3).T.contiguous())


def test_settings_do_not_depend_on_the_order_of_keys():
    assert same({"a": 1, "b": 2}, {"b": 2, "a": 1})
    assert not same({"a": 1, "b": 2}, {"a": 2, "b": 1})
    assert not same([1, [2, 3]], [[1, 2], 3])
    assert not same(1, "1")


def test_objects_of_libraries_differ_by_what_they_say_of_themselves():
    assert same(torch.float32, torch.float32)
    assert not same(torch.float32, torch.float64)
    assert same(range(3), range(3)) and not same(range(3), range(4))


def test_the_same_in_another_process(tmp_path):
    """Nothing that changes from run to run, such as addresses, comes in."""
    import subprocess
    import sys

    script = (
        "from course_utils.training.fingerprints import fingerprint as f\n"
        "from course_utils.objectives import elbo_loss, squared_error\n"
        "print(f([elbo_loss(3.0), squared_error]))"
    )
    other = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == fingerprint([elbo_loss(3.0), squared_error])
