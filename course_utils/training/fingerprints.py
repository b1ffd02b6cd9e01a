"""A short text that changes when a thing changes: code, weights, data, settings."""

import bisect
import dis
import functools
import hashlib
import inspect
import sys
import types
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn

_PLAIN = (type(None), bool, int, float, complex, str, bytes)
# In the file that imports nn, `nn.Linear()` compiles otherwise than in a notebook.
_CALLS = {"LOAD_METHOD": "LOAD_ATTR", "PUSH_NULL": "", "PRECALL": ""}
# What Python notes about a class besides what it does, in one version or another.
_ABOUT_A_CLASS = {
    "__abstractmethods__", "_abc_impl", "__annotate__", "__annotate_func__",
    "__annotations__", "__annotations_cache__", "_backward_cls",
    "__dataclass_fields__", "__dataclass_params__", "__dict__", "__doc__",
    "__firstlineno__", "__module__", "__orig_bases__", "__parameters__",
    "__qualname__", "__static_attributes__", "__type_params__", "__weakref__",
}  # fmt: skip
_FROM_OUTSIDE = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF", "LOAD_CLASSDEREF",
                 "LOAD_FROM_DICT_OR_GLOBALS", "LOAD_FROM_DICT_OR_DEREF"}  # fmt: skip
# Whether a call makes a result, a generator or a coroutine; and which rest it takes.
_KINDS = (
    inspect.CO_VARARGS | inspect.CO_VARKEYWORDS | inspect.CO_GENERATOR
    | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
)  # fmt: skip
_HOOKS = {name for name in vars(nn.Module()) if "_hooks" in name}
# Through these a function reads what no look at its code can tell.
_ANYTHING = {"eval", "exec", "globals", "open", "input", "__import__"}


class Undigestible(Exception):
    """A thing has no fingerprint; the message says what kind of thing it is."""


def fingerprint(thing: Any) -> str:
    """A digest of a model, an objective, data or settings (32 hexadecimal digits).

    Code counts by what it does: instructions, constants, and the value of everything
    that it reads from outside: functions, classes, modules, containers, of the course
    or of the notebook. Comments, layout, docstrings and annotations do not matter, nor
    where the code stands: what a chapter writes out is the same as the package's copy.
    A network counts by its code, settings, weights, hooks and modes; any other object
    by what pickle would keep of it. What belongs to a library counts by its name.

    Raises
    ------
    Undigestible
        If it holds what cannot be compared with another time: a generator, an open
        file, a module of the notebook's that is passed around.
    """
    try:
        return _Digester().digest(thing)
    except RecursionError:
        raise Undigestible(f"a {type(thing).__name__} too deep to follow") from None


class _Digester:
    """Digests of one thing and its parts, each part once."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[Any, str]] = {}  # the thing too, or ids repeat
        self.depth = 0  # how many things the present one lies within
        self.networks = 0  # how many weights and layers have been met

    def digest(self, thing: Any) -> str:
        if type(thing) in _PLAIN:
            return hashlib.blake2b(repr(thing).encode(), digest_size=16).hexdigest()
        if id(thing) in self.known:
            return self.known[id(thing)][1]
        # A function that calls itself meets this: so many levels up.
        self.known[id(thing)] = (thing, f"level {self.depth}")
        self.depth += 1
        total = hashlib.blake2b(type(thing).__name__.encode(), digest_size=16)
        for part in _parts(thing):
            if isinstance(part, memoryview):
                total.update(part)
            else:
                total.update(self.digest(part).encode())
        self.depth -= 1
        found = total.hexdigest()
        self.known[id(thing)] = (thing, found)
        if isinstance(thing, torch.Tensor | nn.Module):
            # One layer used twice is not two equal layers: met again, it is a number.
            self.networks += 1
            self.known[id(thing)] = (thing, f"network {self.networks}")
        return found


def _parts(thing: Any) -> list[Any]:
    """What a thing is made of, in an order that never varies."""
    match thing:
        case torch.Tensor() | np.ndarray() | np.generic():
            return _numbers(thing)
        case nn.Module():
            return [type(thing), _inside(thing)]
        case set() | frozenset():
            return sorted(map(fingerprint, thing))
        case types.CodeType():
            return _instructions(thing)
        case types.ModuleType():
            if _is_ours(thing.__name__):
                raise Undigestible(f"the module {thing.__name__} as a whole")
            return [thing.__name__]
        case types.FunctionType():
            return _function(thing)
        case types.BuiltinFunctionType():
            owner = thing.__self__
            named = owner is None or isinstance(owner, types.ModuleType | type)
            return [thing.__qualname__, thing.__module__ if named else owner]
        case types.MethodType():
            return [thing.__func__, thing.__self__]
        case staticmethod() | classmethod():
            return [thing.__func__]
        case property():
            return [thing.fget, thing.fset, thing.fdel]
        case functools.cached_property():
            return [thing.func]
        case weakref.ref():
            return [thing()]
        case type():
            if not _is_ours(thing.__module__):
                return [f"{thing.__module__}.{thing.__qualname__}"]
            own = {k: v for k, v in vars(thing).items() if k not in _ABOUT_A_CLASS}
            return [thing.__qualname__, type(thing), thing.__bases__, _sorted(own)]
    if type(thing) in (list, tuple):
        return list(thing)
    if type(thing) is dict:  # in its order, which a loop would follow
        return [part for pair in thing.items() for part in pair]
    return _pickled(thing)


def _numbers(thing: Any) -> list[Any]:
    """Content, shape and type of a tensor or an array, and what its gradient meets."""
    if not isinstance(thing, torch.Tensor):
        if thing.dtype.hasobject:
            return [thing.shape, thing.tolist()]
        content = memoryview(np.ascontiguousarray(thing).tobytes())
        return [str(thing.dtype), thing.shape, content]
    try:
        tensor = thing.detach().cpu().clone(memory_format=torch.contiguous_format)
        content = tensor.flatten().view(torch.uint8).numpy().data
    except (RuntimeError, TypeError, NotImplementedError, ValueError):
        raise Undigestible(f"a tensor of kind {thing.layout}, {thing.dtype}") from None
    hooks = [
        list((getattr(thing, name, None) or {}).values())
        for name in ("_backward_hooks", "_post_accumulate_grad_hooks")
    ]
    return [str(tensor.dtype), tuple(tensor.shape), thing.requires_grad, hooks, content]


def _inside(network: nn.Module) -> list[Any]:
    """A network's own values; of its hooks the functions, whose ids are mere counts."""
    own = {
        name: list(value.values()) if name in _HOOKS else value
        for name, value in vars(network).items()
    }
    return _sorted(own)


def _sorted(named: dict[str, Any]) -> list[Any]:
    """Names and values; attributes have no order that a program would notice."""
    return [part for name in sorted(named) for part in (name, named[name])]


def _pickled(thing: Any) -> list[Any]:
    """What pickle would keep of an object, and the code of its class."""
    try:
        kept = thing.__reduce_ex__(4)
    except Exception:
        raise Undigestible(f"a {type(thing).__name__}") from None
    if isinstance(kept, str):  # a name; functools.cache notes what it wraps
        return [type(thing), kept, getattr(thing, "__wrapped__", None)]
    make, inputs, state, items, pairs = (*kept, None, None, None)[:5]
    if type(state) is dict:
        state = _sorted(state)
    return [type(thing), make, inputs, state, list(items or ()), list(pairs or ())]


def _function(function: types.FunctionType) -> list[Any]:
    """A function's code and all that it can read, or a library function's name."""
    code, home = function.__code__, function.__globals__.get("__name__")
    defaults = [function.__defaults__, function.__kwdefaults__]
    if _is_ours(home):
        outside = [*defaults, _sorted(vars(function)), *_read_from_outside(function)]
        return [code, *outside]
    # A wrapper such as torch.no_grad()'s encloses what it wraps, and has its name.
    enclosed = [cell.cell_contents for cell in function.__closure__ or ()]
    return [home, code.co_qualname, *([*defaults, enclosed] if enclosed else [])]


def _read_from_outside(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    """Each name that a function reads from its surroundings, and what stands there.

    Of a module it is the attribute that is read, as in `objectives.gaussian_kl`.
    """
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    outside = dict(function.__globals__)
    for name, cell in cells:
        try:
            outside[name] = cell.cell_contents
        except ValueError:  # not filled yet
            outside.pop(name, None)
    found: dict[str, Any] = {}
    for path in _paths(function.__code__):
        if path[0] in _ANYTHING and path[0] not in outside:
            raise Undigestible(f"a call of {path[0]}()")
        if path[0] not in outside:
            continue  # Python's own, or not there yet
        value, used = outside[path[0]], 1
        while isinstance(value, types.ModuleType) and used < len(path):
            if not _is_ours(value.__name__):
                value = ".".join((value.__name__, *path[used:]))
                break
            value, used = getattr(value, path[used], None), used + 1
        found[".".join(path[:used])] = value
    yield from sorted(found.items(), key=lambda item: item[0])


def _paths(code: types.CodeType) -> Iterator[tuple[str, ...]]:
    """Names from outside, each with the attributes asked of it: ("torch", "exp")."""
    steps = _steps(code)
    for i, step in enumerate(steps):
        if step.opname == "IMPORT_NAME" and _is_ours(step.argval):
            raise Undigestible(f"an import of {step.argval} within a function")
        if step.opname in _FROM_OUTSIDE:
            path = [step.argval]
            for later in steps[i + 1 :]:
                if later.opname not in ("LOAD_ATTR", "LOAD_METHOD"):
                    break
                path.append(later.argval)
            yield tuple(path)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _paths(constant)


def _instructions(code: types.CodeType) -> list[Any]:
    """What a function takes and does; a jump names the step that it leads to."""
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & inspect.CO_VARARGS)
    count += bool(code.co_flags & inspect.CO_VARKEYWORDS)
    parts: list[Any] = [code.co_varnames[:count], code.co_kwonlyargcount]
    parts += [code.co_posonlyargcount, code.co_flags & _KINDS, code.co_exceptiontable]
    steps = _steps(code)
    places = [step.offset for step in steps]
    for step in steps:
        jumps = step.opcode in dis.hasjrel or step.opcode in dis.hasjabs
        argument = bisect.bisect_left(places, step.argval) if jumps else step.argval
        if step.opname == "KW_NAMES":  # which dis of Python 3.11 does not look up
            argument = code.co_consts[step.arg or 0]
        parts += [_CALLS.get(step.opname, step.opname), argument]
    return parts


def _steps(code: types.CodeType) -> list[dis.Instruction]:
    """The instructions, without what varies though it does the same."""
    steps = [s for s in dis.get_instructions(code) if _CALLS.get(s.opname) != ""]
    notes = {  # a class within a function notes its line, its name, its docstring
        i for i, s in enumerate(steps)
        if s.opname == "STORE_NAME" and s.argval in _ABOUT_A_CLASS
    }  # fmt: skip
    return [s for i, s in enumerate(steps) if i not in notes and i + 1 not in notes]


def _is_ours(module: Any) -> bool:
    """Whether the course or its reader wrote this, rather than a library."""
    if not isinstance(module, str):  # code without a module is a reader's
        return module is None
    root = module.partition(".")[0]
    if root in ("__main__", "course_utils"):
        return True
    file = getattr(sys.modules.get(root), "__file__", None) or ""
    installed = "site-packages" in file or "dist-packages" in file
    installed |= root.startswith("_cython_")  # NumPy's, without a file
    return root not in sys.stdlib_module_names and not installed
