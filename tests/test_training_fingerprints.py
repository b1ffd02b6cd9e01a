"""Fingerprints change with what a thing does, and with nothing else.

A generator writes notebooks: an objective that reads things of many kinds, kept in
many places. One thing at a time is changed, or only the way in which it is written.
"""

import enum
import functools
import inspect
import random
import subprocess
import sys
import types
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from toys import ToyAutoencoder

from course_utils import models, objectives
from course_utils.objectives import elbo_loss, squared_error
from course_utils.training.fingerprints import Undigestible, fingerprint
from course_utils.training.loop import Loop
from course_utils.training.optimizers import TurnedAdam


def written(source, **names):
    """What a cell of a notebook defines."""
    space = {"__name__": "__main__", **names}
    exec(source, space)
    return space


def function(source, **names):
    return written(source, **names)["f"]


def same(one, other):
    return fingerprint(one) == fingerprint(other)


@dataclass
class Box:
    """Something of the notebook's own."""

    it: object

    def get(self):
        return self.it


class Kind(enum.Enum):
    ONE = 0
    TWO = 1


def teacher(variant):
    """A frozen network of another notebook cell."""
    network = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5)).requires_grad_(False)
    network[0].weight.fill_(variant)
    network[0].bias.zero_()
    return network


def fixed():
    return teacher(1).eval()


def hooked(variant):
    network = fixed()
    network.register_forward_hook(lambda net, args, out: out * (2 + variant))
    return network


def unfrozen(variant):
    network = fixed()
    network[0].weight.requires_grad_(bool(variant))
    return network


#: A kind of thing, as it is (0) and changed (1).
KINDS = {
    "number": lambda v: 0.5 + v,
    "sign of zero": lambda v: -0.0 if v else 0.0,
    "number or flag": lambda v: True if v else 1,
    "complex": lambda v: 1j + v,
    "text": lambda v: "ab" if v else "a",
    "bytes or text": lambda v: b"a" if v else "a",
    "nothing": lambda v: 0 if v else None,
    "tuple": lambda v: (1, (2, v)),
    "list": lambda v: [1, [2, v]],
    "list or tuple": lambda v: [1] if v else (1,),
    "dictionary": lambda v: {"a": {"b": v}},
    "order of a dictionary": lambda v: {"a": 1, "b": 2} if v else {"b": 2, "a": 1},
    "ordered dictionary": lambda v: OrderedDict(a=v),
    "set": lambda v: {"a", "b", str(v)},
    "range": lambda v: range(3 + v),
    "slice": lambda v: slice(v, None),
    "enumeration": Kind,
    "namespace": lambda v: types.SimpleNamespace(a=1, b=v),
    "own object": lambda v: Box([v]),
    "array": lambda v: np.array([1.0, v]),
    "array of objects": lambda v: np.array([1, {"a": v}], dtype=object),
    "array of texts": lambda v: np.array(["a", str(v)]),
    "number of NumPy": lambda v: np.float32(v),
    "tensor": lambda v: torch.tensor([1.0, v]),
    "shape of a tensor": lambda v: torch.zeros((2, 3) if v else (3, 2)),
    "type of a tensor": lambda v: torch.zeros(2, dtype=[torch.half, torch.int16][v]),
    "type": lambda v: [torch.float32, torch.float64][v],
    "random generator": lambda v: torch.Generator().manual_seed(v),
    "random generator of NumPy": lambda v: np.random.default_rng(v),
    "teacher": teacher,
    "mode of a teacher": lambda v: fixed().train(bool(v)),
    "hook of a teacher": hooked,
    "frozen weight": unfrozen,
    "distribution": lambda v: torch.distributions.Normal(torch.zeros(1), 1.0 + v),
    "function": lambda v: [lambda x: x + 1, lambda x: x + 2][v],
    "name of an argument": lambda v: [
        lambda x: torch.sum(x, dim=0), lambda x: torch.sum(x, axis=0)
    ][v],
    "order of arguments": lambda v: [lambda x, y: x - y, lambda y, x: x - y][v],
    "keyword of a function": lambda v: [lambda x, y: x - y, lambda x, *, y: x - y][v],
    "function of a library": lambda v: [torch.exp, torch.sin][v],
    "partial": lambda v: functools.partial(pow, v),
    "method": lambda v: Box(v).get,
    "method of a tensor": lambda v: torch.full((2,), float(v)).clamp,
    "cached function": lambda v: functools.cache([lambda x: x, lambda x: -x][v]),
    "wrapped function": lambda v: torch.no_grad()([lambda x: x, lambda x: -x][v]),
    "mapped function": lambda v: torch.vmap([lambda x: x, lambda x: -x][v]),
    "class": lambda v: type("Own", (), {"size": (1, v)}),
    "class attribute": lambda v: type("Own", (), {"sizes": {"a": [v]}})(),
    "property": lambda v: type(
        "Own", (), {"it": property([lambda s: 1, lambda s: 2][v])}
    ),
}  # fmt: skip

#: A place, and how the objective reads the thing named {n} there.
PLACES = {
    "global": "{n}",
    "closure": "{n}",
    "default": "{n}",
    "keyword default": "{n}",
    "helper": "helper_{n}(total)",
    "inner function": "(lambda: {n})()",
    "comprehension": "[{n} for _ in range(2)]",
    "class": "Own_{n}.it",
    "object": "{n}.it",
    "module": "{n}.it",
    "module in a module": "{n}.inner.it",
    "module in a closure": "{n}.it",
    "function attribute": "objective.{n}",
    "model": "model.{n}",
}


def notebook(things, disguise=0):
    """The objective and model of a notebook with `things`: name -> (place, value).

    `disguise` writes the same in other words: comments, docstrings, annotations,
    lines, and globals named like attributes that the objective reads.
    """
    dice = random.Random(disguise)
    note = (lambda: dice.choice(["", "  # a note", "\n"])) if disguise else str
    names, enclosed, defaults, keywords, cells = {"torch": torch}, [], [], [], []
    model, attributes, given = ToyAutoencoder(), {}, {}
    for name, (place, value) in things.items():
        if place in ("global", "helper", "inner function", "comprehension"):
            names[name] = value
        if place in ("module", "module in a module", "module in a closure"):
            module = types.ModuleType(f"lab_{name}")
            module.it = value
            outer = types.ModuleType(f"outer_{name}")
            outer.inner = module
            module = outer if place == "module in a module" else module
            (given if "closure" in place else names)[name] = module
        if place in ("closure", "default", "keyword default"):
            given[name] = value
        if place in ("closure", "module in a closure"):
            enclosed.append(name)
        if place == "default":
            defaults.append(f"{name}=given['{name}']")
        if place == "keyword default":
            keywords.append(f"{name}=given['{name}']")
        if place == "helper":
            hint = ": int" if disguise else ""
            cells.append(f"def helper_{name}(x{hint}):{note()}\n    return x, {name}")
        if place == "class":
            cells.append(f"class Own_{name}:\n    it = given['{name}']{note()}")
            given[name] = value
        if place == "object":
            names[name] = Box(value)
        if place == "function attribute":
            attributes[name] = value
        if place == "model":
            setattr(model, name, value)
    hint, returns = (": object", " -> dict") if disguise else ("", "")
    arguments = ["model", f"images{hint}", "labels", *defaults, "*", *keywords]
    if not keywords:
        arguments.remove("*")
    body = [f"total = model(images){note()}"]
    if disguise:
        body.insert(0, '"""What we make small."""')
        names |= {"it": dice.random(), "inner": [1], "unread": dice.random()}
    for name, (place, _) in things.items():
        body.append(f"total = (total, {PLACES[place].format(n=name)}){note()}")
    cells.append(
        f"def make({', '.join(enclosed)}):\n"
        f"    def objective({', '.join(arguments)}){returns}:\n        "
        + "\n        ".join([*body, "return {'loss': total}"])
        + "\n    return objective"
    )
    cells.append(
        f"objective = make({', '.join(f'{n}=given[{n!r}]' for n in enclosed)})"
    )
    source = ("\n" * disguise + "# cells\n").join(["", *cells])
    objective = written(source, given=given, **names)["objective"]
    vars(objective).update(attributes)
    return objective, model


@pytest.mark.parametrize("place", PLACES)
def test_each_kind_of_thing_counts_wherever_it_is_kept(place):
    for kind, make in KINDS.items():
        was, again, other = (
            fingerprint(notebook({"a": (place, make(variant))}))
            for variant in (0, 0, 1)
        )
        assert was == again, f"{kind}: trained again without need"
        assert was != other, f"{kind}: a stale model"


@pytest.mark.parametrize("seed", range(40))
def test_of_any_notebook_each_change_is_seen_and_no_rewriting(seed):
    dice = random.Random(seed)
    chosen = {
        name: (dice.choice(list(PLACES)), dice.choice(list(KINDS)))
        for name in "abcde"[: dice.randint(1, 5)]
    }

    def digest(changed="", disguise=0):
        things = {
            name: (place, KINDS[kind](int(name == changed)))
            for name, (place, kind) in chosen.items()
        }
        return fingerprint(notebook(things, disguise))

    assert digest() == digest()
    assert digest(disguise=1 + seed % 7) == digest(), f"rewritten: {chosen}"
    for name in chosen:
        assert digest(changed=name) != digest(), f"changed {name} of {chosen}"


def tied(network):
    network.decoder[0].weight = network.encoder[1].weight


def copied(network):
    tied(network)
    network.decoder[0].weight = nn.Parameter(network.decoder[0].weight.detach().clone())


def swapped(network):
    first, second = network.encoder
    network.encoder = nn.Sequential(second, first)


MODEL_CHANGES = {
    "a weight": lambda net: net.encoder[1].weight.data[0].add_(1),
    "a frozen layer": lambda net: net.encoder.requires_grad_(False),
    "a setting": lambda net: setattr(net, "beta", 2.0),
    "a private setting": lambda net: setattr(net, "_beta", 2.0),
    "a list of settings": lambda net: setattr(net, "sizes", [1, 2]),
    "a buffer": lambda net: net.register_buffer("mean", torch.ones(2)),
    "a hidden buffer": lambda net: net.register_buffer("m", torch.ones(2), False),
    "a forward hook": lambda net: net.register_forward_hook(lambda *_: None),
    "a hook of a layer": lambda net: net.decoder.register_forward_pre_hook(print),
    "a hook of a gradient": lambda net: net.encoder[1].weight.register_hook(torch.neg),
    "a method of its own": lambda net: setattr(net, "forward", lambda x: x),
    "one more layer": lambda net: net.encoder.append(nn.ReLU()),
    "the order of layers": swapped,
}


@pytest.mark.parametrize("change", MODEL_CHANGES)
def test_each_change_of_a_model_counts(change):
    model = ToyAutoencoder()
    before = fingerprint(model)
    MODEL_CHANGES[change](model)
    assert fingerprint(model) != before


def test_a_weight_shared_by_two_layers_is_not_two_equal_weights():
    shared, equal = (nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)) for _ in range(2))
    shared[1].weight = shared[0].weight
    for layer, like in zip(equal, shared, strict=True):
        layer.load_state_dict(like.state_dict())
    assert not same(shared, equal)


def test_layers_of_the_library_have_a_fingerprint():
    for make in (
        lambda: nn.LSTM(3, 4), lambda: nn.BatchNorm2d(3), lambda: nn.Embedding(3, 2),
        lambda: nn.TransformerEncoderLayer(4, 2),
        lambda: nn.utils.parametrizations.weight_norm(nn.Linear(2, 2)),
    ):  # fmt: skip
        torch.manual_seed(0)
        one = make()
        torch.manual_seed(0)
        assert same(one, make())


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("def f(x): return next(things)", "generator"),
        ("def f(x): return file.read()", "TextIOWrapper"),
        ("def f(x): return globals()['a']", r"a call of globals\(\)"),
        ("def f(x):\n from lab import a\n return a", "import of lab"),
        ("def f(x): return getattr(lab, 'a')", "the module lab as a whole"),
    ],
)
def test_what_cannot_be_compared_is_said(source, what):
    with Path(__file__).open(encoding="utf-8") as file:
        names = {"lab": types.ModuleType("lab"), "file": file}
        mine = function(source, things=(x for x in "a"), **names)
        with pytest.raises(Undigestible, match=what):
            fingerprint(mine)


def test_what_a_chapter_writes_out_is_the_package_s_copy():
    source = inspect.getsource(objectives.squared_error)
    source = source.replace("squared_error", "f").replace(": nn.Module", "")
    names = {"Tensor": torch.Tensor, "Parts": dict}
    assert same(function(source, **names), squared_error)

    space = written(
        inspect.getsource(models.DigitCNN), nn=nn, torch=torch, Tensor=torch.Tensor
    )
    torch.manual_seed(0)
    mine = space["DigitCNN"]()
    torch.manual_seed(0)
    assert same(mine, models.DigitCNN())


def test_enclosed_values_of_the_package_matter():
    assert same(elbo_loss(2.0), elbo_loss(2.0))
    assert not same(elbo_loss(1.0), elbo_loss(2.0))


def test_helpers_reached_through_the_package_matter(monkeypatch):
    mine = function(
        "def f(m): return objectives.gaussian_kl(m, m)", objectives=objectives
    )
    before = fingerprint(mine)
    monkeypatch.setattr(objectives, "gaussian_kl", lambda mu, log_var: mu)
    assert fingerprint(mine) != before


def test_functions_that_call_themselves_and_each_other_have_an_end():
    assert same(*(function("def f(n): return n and f(n - 1)") for _ in range(2)))
    source = "def f(n): return {}(n)\ndef g(n): return f(n)\ndef h(n): return g(n)"
    assert not same(function(source.format("g")), function(source.format("f")))


def test_the_training_code_is_the_same_after_a_training():
    """torch would wrap the step of an optimizer's class when it is first used."""
    before = fingerprint(Loop)
    TurnedAdam(ToyAutoencoder(), 0.1, (0.9, 0.99)).close()
    assert fingerprint(Loop) == before


def test_the_same_in_another_process():
    """Nothing that changes from run to run, such as addresses, comes in."""
    script = (
        "from course_utils.training.fingerprints import fingerprint as f\n"
        "from course_utils.objectives import elbo_loss, squared_error\n"
        "print(f([elbo_loss(3.0), squared_error, {'a', 'b', 'c'}]))"
    )
    other = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    things = [elbo_loss(3.0), squared_error, {"a", "b", "c"}]
    assert other.stdout.strip() == fingerprint(things)
