"""Definitions to and from plain JSON values: what is hashed, stored and compared.

Fields at their default are left out, so a field added later does not change the hash of what was published before.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
import typing
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def dump(value: object) -> Any:
    """Turn frozen dataclasses, tuples and enums into dicts, lists and text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: dump(getattr(value, f.name))
            for f in dataclasses.fields(value)
            if getattr(value, f.name) != _default(f)
        }
    if isinstance(value, tuple):
        return [dump(part) for part in value]
    if isinstance(value, StrEnum):
        return value.value
    return value


def load(kind: type[T], data: Any) -> T:
    """The reverse of ``dump``. Unknown keys raise ``TypeError``: the stored form belongs to a newer release."""
    return typing.cast("T", _build(kind, data))


def canonical_bytes(value: object) -> bytes:
    """Canonical JSON (sorted keys, no blanks, UTF-8) of a definition: the bytes behind its SHA-256."""
    return json.dumps(dump(value), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def sha256(value: object) -> str:
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def _default(f: dataclasses.Field[Any]) -> object:
    if f.default_factory is not dataclasses.MISSING:
        return f.default_factory()
    return f.default


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _build(hint: Any, data: Any) -> Any:
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        if data is None:
            return None
        return _build(next(a for a in typing.get_args(hint) if a is not type(None)), data)
    if origin is tuple:
        args = typing.get_args(hint)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(_build(args[0], part) for part in data)
        return tuple(_build(arg, part) for arg, part in zip(args, data, strict=True))
    if dataclasses.is_dataclass(hint):
        hints = _hints(typing.cast("type", hint))
        return typing.cast("type", hint)(**{key: _build(hints[key], part) for key, part in data.items()})
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(data)
    return data
