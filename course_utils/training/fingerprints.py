"""A short text that changes when a thing changes: code, weights, data, settings."""

import dis
import functools
import hashlib
import sys
import types
from typing import Any

import numpy as np
import torch
from torch import nn

PLAIN = bool | int | float | str | torch.Tensor
# In the file that imports nn, `nn.Linear()` compiles otherwise than in a notebook.
_CALLS = {"LOAD_METHOD": "LOAD_ATTR", "PUSH_NULL": "", "PRECALL": ""}
# What Python notes about a class besides what it does (the last in 3.13 and 3.14).
_ABOUT_A_CLASS = {
    "__doc__",
    "__module__",
    "__qualname__",
    "__firstlineno__",
    "__annotate_func__",
}


def fingerprint(thing: Any) -> str:
    """A digest of a model, an objective, data or settings (32 hexadecimal digits).

    Code counts by what it does: instructions, constants, enclosed values, and the
    functions and classes of the course or the notebook that it uses. Comments, layout,
    docstrings and annotations do not matter, nor where the code stands: what a chapter
    writes out is the same as the package's copy. A model counts by its code, settings
    and weights.
    """
    return _digest(thing, {})


def _digest(thing: Any, known: dict[int, tuple[Any, str]]) -> str:
    """The digest, given those of the things met before (kept alive, or ids repeat)."""
    if id(thing) in known:
        return known[id(thing)][1]
    known[id(thing)] = (thing, "itself")  # where a function calls itself
    total = hashlib.blake2b(digest_size=16)
    if isinstance(thing, torch.Tensor | np.ndarray | np.generic):
        tensor = torch.as_tensor(thing).detach().cpu().contiguous()
        total.update(f"{tensor.dtype} {tuple(tensor.shape)}".encode())
        total.update(tensor.flatten().view(torch.uint8).numpy().data)
    elif thing is None or isinstance(thing, bool | int | float | str | bytes):
        total.update(repr(thing).encode())
    else:
        total.update(type(thing).__name__.encode())
        for part in _parts(thing):
            total.update(_digest(part, known).encode())
    known[id(thing)] = (thing, total.hexdigest())
    return total.hexdigest()


def _parts(thing: Any) -> list[Any]:
    """What a compound thing is made of, in an order that never varies."""
    match thing:
        case list() | tuple():
            return list(thing)
        case dict() | types.MappingProxyType():
            return [
                part for key in sorted(thing, key=repr) for part in (key, thing[key])
            ]
        case set() | frozenset():
            return sorted(thing, key=repr)
        case types.CodeType():
            steps = dis.get_instructions(thing)
            named = [(_CALLS.get(s.opname, s.opname), s.argval) for s in steps]
            return [step for step in named if step[0]]
        case functools.partial():
            return [thing.func, thing.args, thing.keywords]
        case types.MethodType():
            return [thing.__func__, thing.__self__]
        case staticmethod() | classmethod():
            return [thing.__func__]
        case property():
            return [thing.fget]
    if not _is_ours(thing if hasattr(thing, "__qualname__") else type(thing)):
        return [_name(thing), _settings(thing)]
    match thing:
        case types.FunctionType():
            enclosed = [cell.cell_contents for cell in thing.__closure__ or ()]
            defaults = [thing.__defaults__, thing.__kwdefaults__]
            return [thing.__code__, defaults, enclosed, _globals_used(thing)]
        case type():
            own = {k: v for k, v in vars(thing).items() if k not in _ABOUT_A_CLASS}
            plain = {k: v for k, v in own.items() if isinstance(v, PLAIN)}
            code = {k: v for k, v in own.items() if _is_code(v)}
            return [thing.__qualname__, plain, code, list(thing.__bases__)]
    return [type(thing), _settings(thing)]


def _settings(thing: Any) -> Any:
    """The values inside an object; nothing for a class, a function or a module."""
    if hasattr(thing, "__qualname__") or isinstance(thing, types.ModuleType):
        return None
    if isinstance(thing, nn.Module):  # public settings, weights, layers; no hooks
        own = {k: v for k, v in vars(thing).items() if not k.startswith("_")}
        own.pop("training")
        return [own, thing._parameters, thing._buffers, thing._modules]
    # An address in a repr makes it another thing each time: trained anew, not wrong.
    return getattr(thing, "__dict__", repr(thing))


def _globals_used(function: types.FunctionType) -> list[Any]:
    """Our own functions and classes, and plain constants, that a function names."""
    names = sorted(_names(function.__code__))
    used = [function.__globals__[n] for n in names if n in function.__globals__]
    for module in [u for u in used if isinstance(u, types.ModuleType) and _is_ours(u)]:
        used += [getattr(module, n) for n in names if hasattr(module, n)]
    return [u for u in used if isinstance(u, PLAIN) or (_is_code(u) and _is_ours(u))]


def _names(code: types.CodeType) -> set[str]:
    """All names in a function and in the functions within it."""
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return set(code.co_names).union(*map(_names, inner))


def _is_code(thing: Any) -> bool:
    return isinstance(
        thing, types.FunctionType | type | property | staticmethod | classmethod
    )


def _is_ours(thing: Any) -> bool:
    """Whether the course or its reader wrote this, rather than a library."""
    name = getattr(thing, "__module__", None) or getattr(thing, "__name__", None)
    root = (name or "builtins").partition(".")[0]
    file = getattr(sys.modules.get(root), "__file__", None) or ""
    installed = root in sys.stdlib_module_names or "-packages" in file
    return root in ("__main__", "course_utils") or not installed


def _name(thing: Any) -> str:
    named = thing if hasattr(thing, "__qualname__") else type(thing)
    return f"{named.__module__}.{named.__qualname__}"
