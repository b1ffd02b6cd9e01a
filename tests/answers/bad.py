"""What else a learner may hand in, to any exercise: name -> answer."""

import warnings
from fractions import Fraction
from types import SimpleNamespace
from unittest.mock import MagicMock

import numpy as np
import torch
from torch import nn


class Misspelt(nn.Module):
    def foward(self, *inputs):
        return inputs[0]


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError("no words")


class NoArray:
    def __array__(self, *args, **kwargs):
        raise OSError("no numbers here")

    def __repr__(self):
        raise OSError("no words either")


def raising(error):
    def answer(*inputs):
        raise error

    return answer


def giving(make):
    return lambda *inputs: make()


def itself():
    holder = []
    holder.append(holder)
    return holder


def deeper(*inputs):
    return deeper(*inputs)


def emptying(*inputs):
    for value in inputs:
        if isinstance(value, torch.Tensor):
            value.zero_()
    return "emptied"


def printing(*inputs):
    print("in here")
    return "printed"


def seeding(*inputs):
    torch.manual_seed(1)
    return torch.randn(3).tolist()


def warning(*inputs):
    warnings.warn("beware", stacklevel=2)
    return {}


def without_return(*inputs):
    total = sum(map(id, inputs))
    total += 1


def generator(*inputs):
    yield 1


def without_gradients(*inputs):
    torch.set_grad_enabled(False)
    return "no gradients"


async def later(*inputs):
    return 1


def csr():
    with warnings.catch_warnings(action="ignore"):
        return torch.eye(3).to_sparse_csr()


with warnings.catch_warnings(action="ignore"):
    QUANTISED = torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8)

# The answer is no function, or not one that takes these inputs.
VALUES = {
    "a number": 0.5,
    "True": True,
    "a string": "0.5",
    "a tensor": torch.ones(5),
    "a tensor with a gradient": torch.ones(3, requires_grad=True),
    "an array": np.ones(3),
    "a list": [1, 2],
    "an empty list": [],
    "a list that holds itself": itself(),
    "a dict": {"a": 1},
    "a set": {1},
    "a module": np,
    "an object": SimpleNamespace(a=1),
    "an object without words": NoArray(),
    "a mock": MagicMock(),
    "a class": nn.Linear,
    "a type": dict,
    "an exception": ValueError("x"),
    "wrong arity": lambda: 1,
    "too many arguments": lambda a, b, c, d, e, f, g: 1,
    "a layer of another size": nn.Linear(1234, 1),
    "a misspelt forward": Misspelt(),
    "print": print,
    "without return": without_return,
}

# The function raises.
ERRORS = {
    f"raises {error!r:.40}": raising(error)
    for error in [
        ZeroDivisionError("division by zero"),
        TypeError("no `int`"),
        ValueError(),
        IndexError("an index can only have a single ellipsis ('...')"),
        KeyError("x"),
        AttributeError("x"),
        NameError("x"),
        RuntimeError("several\nlines " * 100),
        NotImplementedError("aten::foo is not implemented for MPS"),
        AssertionError(),
        StopIteration(),
        RecursionError("deep"),
        MemoryError(),
        OSError(2, "no such file"),
        UnicodeDecodeError("utf-8", b"x", 0, 1, "why"),
        Warning("beware"),
        ValueError("half a character: \ud800, `code`, <b>, \0"),
        SystemExit(1),
        GeneratorExit(),
        Unprintable(),
        ExceptionGroup("several", [ValueError("one")]),
    ]
} | {"calls itself for ever": deeper}

# The function gives something that is not the right numbers.
RESULTS = {
    "a string": "right",
    "bytes": b"1",
    "complex": 1j,
    "NaN": float("nan"),
    "infinite": float("inf"),
    "huge": 10**400,
    "minus one": -1,
    "a fraction": Fraction(1, 3),
    "True": True,
    "ragged": [[1, 2], [3]],
    "an empty list": [],
    "words": ["a", None],
    "half empty": (..., 1),
    "a dict": {"loss": 1.0},
    "a set": {1, 2},
    "a range": range(3),
    "a function": lambda x: x,
    "a class": torch.Tensor,
    "an object": object(),
    "an object without numbers": NoArray(),
    "a list that holds itself": itself(),
    "an array of objects": np.array([None, "x"]),
    "an array of strings": np.array(["a"]),
    "a complex array": np.array([1 + 1j]),
    "a float16 array": np.full(3, 7, np.float16),
    "dates": np.array(["2026-01-01"], "datetime64[D]"),
    "an empty tensor": torch.empty(0),
    "many dimensions": torch.zeros(1, 1, 1, 1, 1),
    "zeros": torch.zeros(3),
    "bool": torch.ones(3) > 0,
    "NaNs": torch.full((5, 3), torch.nan),
    "complex numbers": torch.ones(3, dtype=torch.complex64).conj(),
    "half": torch.full((3,), 7).half(),
    "bfloat16": torch.full((3,), 7).bfloat16(),
    "float8": torch.ones(3).to(torch.float8_e5m2),
    "int8": torch.ones(3).to(torch.int8),
    "meta": torch.ones(3, device="meta"),
    "sparse": torch.eye(3).to_sparse(),
    "sparse rows": csr(),
    "quantised": QUANTISED,
    "nested": torch.nested.nested_tensor(
        [torch.ones(2), torch.ones(3)], layout=torch.jagged
    ),
    "a parameter": nn.Parameter(torch.ones(3)),
    "tensors with gradients": [torch.ones(2, requires_grad=True)] * 2,
    "tensors of two lengths": [torch.ones(2), torch.ones(3)],
    "values and indices": torch.ones(3, 3).topk(2),
    "mixed": [1, torch.ones(2), np.ones(3)],
}

BAD = (
    VALUES
    | ERRORS
    | {
        f"gives {name}": giving(lambda value=value: value)
        for name, value in RESULTS.items()
    }
    | {
        "gives the input": lambda *inputs: inputs[0],
        "gives all inputs": lambda *inputs: inputs,
        "empties its inputs": emptying,
        "prints": printing,
        "seeds": seeding,
        "warns": warning,
        "a generator": generator,
        "a coroutine": later,
        "switches gradients off": without_gradients,
    }
)
