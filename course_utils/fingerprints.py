"""A short text that changes when a thing changes: code, weights, data, settings."""

import functools
import hashlib
import sys
import types
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn


def fingerprint(thing: Any) -> str:
    """A digest of a model, an objective, data or settings (32 hexadecimal digits).

    Code counts by what it does: byte code, constants, enclosed values, and the
    functions and classes of the course or the notebook that it uses. Comments and
    layout do not matter. A model counts by its code, settings and weights.
    """
    digest = hashlib.blake2b(digest_size=16)
    for piece in _pieces(thing, set()):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(thing: Any, seen: set[int]) -> Iterator[bytes | memoryview]:
    """What makes this thing what it is, as bytes."""
    yield f"<{type(thing).__name__}>".encode()
    if thing is None or isinstance(thing, bool | int | float | str | bytes):
        yield repr(thing).encode()
    elif isinstance(thing, torch.Tensor | np.ndarray):
        tensor = torch.as_tensor(thing).detach().cpu().contiguous()
        yield f"{tensor.dtype} {tuple(tensor.shape)}".encode()
        yield tensor.flatten().view(torch.uint8).numpy().data
    elif id(thing) not in seen:  # what contains itself ends here
        seen.add(id(thing))
        for part in _parts(thing):
            yield from _pieces(part, seen)


def _parts(thing: Any) -> list[Any]:
    """What a compound thing is made of, in an order that never varies."""
    match thing:
        case list() | tuple():
            return list(thing)
        case dict() | types.MappingProxyType():
            return [part for key in sorted(thing) for part in (key, thing[key])]
        case set() | frozenset():
            return sorted(thing, key=repr)
        case types.CodeType():
            return [thing.co_code, thing.co_consts, thing.co_names]
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
            code = {k: v for k, v in vars(thing).items() if _is_code(v)}
            return [_name(thing), code, list(thing.__bases__)]
    return [type(thing), _settings(thing)]


def _settings(thing: Any) -> Any:
    """The values inside an object; nothing for a class, a function or a module."""
    if hasattr(thing, "__qualname__") or isinstance(thing, types.ModuleType):
        return None
    if isinstance(thing, nn.Module):  # public settings, weights, layers; no hooks
        own = {k: v for k, v in vars(thing).items() if not k.startswith("_")}
        own.pop("training")
        return [own, thing._parameters, thing._buffers, thing._modules]
    return getattr(thing, "__dict__", None)


def _globals_used(function: types.FunctionType) -> list[Any]:
    """Our own functions and classes, and plain constants, that a function names."""
    names = sorted(_names(function.__code__))
    used = [function.__globals__[n] for n in names if n in function.__globals__]
    for module in [u for u in used if isinstance(u, types.ModuleType) and _is_ours(u)]:
        used += [getattr(module, n) for n in names if hasattr(module, n)]
    plain = bool | int | float | str | torch.Tensor
    return [u for u in used if isinstance(u, plain) or (_is_code(u) and _is_ours(u))]


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
    return root == __package__ or not installed


def _name(thing: Any) -> str:
    named = thing if hasattr(thing, "__qualname__") else type(thing)
    return f"{named.__module__}.{named.__qualname__}"
