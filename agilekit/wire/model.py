"""What the fields of a model say about the wire, and which of them identifies an entity.

A model is a frozen attrs class. A field is read from the key that its service makes of the field's
name, unless the metadata of the field says otherwise: `wire_key`, `undocumented`, `identifies`.
`raw_field` keeps the answer.

The identity of an entity is its field ``id``, or the one that `identifies` it:

| an answer of success shows | to a read | to a write |
|---|---|---|
| no id: ``{}``, ``{"errors": …}``, an id that is null, 0 or empty | DecodeError | UnknownOutcome |
| another id than the one that was asked for | DecodeError | UnknownOutcome |
| in a list, an element without an id | DecodeError | UnknownOutcome |

An edit that is judged by itself, and a delete, may show nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs
from attrs import field

from agilekit.wire.json import JSON
from agilekit.wire.serializable import RAW, Serializable
from agilekit.wire.short_repr import short_repr

__all__ = [
    "RAW",
    "Model",
    "identifies",
    "identity_name",
    "identity_of",
    "is_undocumented",
    "is_unsent",
    "key_of",
    "raw_field",
    "titles",
    "undocumented",
    "unsent_field",
    "wire_key",
]

_IDENTITY: Final = "agilekit.identity"
_KEY: Final = "agilekit.key"
_TITLE_MARK: Final = "agilekit.title"
_UNSENT: Final = "agilekit.unsent"
_UNDOCUMENTED: Final = "agilekit.undocumented"
_TITLE: Final = re.compile(
    "(.*_)?(title|name|text)|i_want_to|criterion|iteration|status|what|change_type|content"
)
"""The name of a field by which people know an entity, unless another is marked by `titles`."""

_identity_names: Final[dict[type[object], str | None]] = {}


class Model(Serializable):
    """An entity, whose `repr` is one short line: what identifies it, and what people call it."""

    __slots__ = ()

    def __repr__(self) -> str:
        cls = type(self)
        shown = ", ".join(
            f"{name}={self._shown(name)}"
            for name in (identity_name(cls), _title_name(cls))
            if name is not None
        )
        return f"{cls.__name__}({shown})"

    def _shown(self, name: str) -> str:
        found: object = getattr(self, name)
        return short_repr(getattr(found, "value", found))  # of a versioned attribute, its value


def raw_field() -> Any:  # attrs types its fields with Any
    """The field that keeps an entity's answer exactly as it came."""
    empty: Mapping[str, JSON] = {}
    return field(default=empty, eq=False, repr=False, kw_only=True)


def unsent_field() -> Any:  # attrs types its fields with Any
    """A field that no answer holds: the library sets it."""
    empty: Mapping[str, object] = {}
    return field(default=empty, eq=False, repr=False, kw_only=True, metadata={_UNSENT: True})


def wire_key(name: str) -> Mapping[str, str]:
    """The metadata of a field whose key on the wire is not made from its own name."""
    return {_KEY: name}


def undocumented() -> Mapping[str, bool]:
    """The metadata of a field that the documents name at most, and show no value of: a value of
    another type than the field's does not fail a read, but stays in ``raw`` only.
    """
    return {_UNDOCUMENTED: True}


def identifies() -> Mapping[str, bool]:
    """The metadata of the field that identifies an entity, if it is not called ``id``."""
    return {_IDENTITY: True}


def titles() -> Mapping[str, bool]:
    """The metadata of the field by which people know an entity, if others look like it."""
    return {_TITLE_MARK: True}


def key_of(attribute: attrs.Attribute[Any], keys: Callable[[str], str]) -> str:
    """The key of a field on the wire. keys: makes one of a field's name."""
    return attribute.metadata.get(_KEY) or keys(attribute.name)


def is_unsent(attribute: attrs.Attribute[Any]) -> bool:
    return _UNSENT in attribute.metadata


def is_undocumented(attribute: attrs.Attribute[Any]) -> bool:
    return _UNDOCUMENTED in attribute.metadata


def _title_name(cls: type[object]) -> str | None:
    """The name of the field by which people know an entity; None if it has none."""
    fields = attrs.fields(cls) if attrs.has(cls) else ()
    named = [one.name for one in fields if _TITLE_MARK in one.metadata]
    found = [one.name for one in fields if _TITLE.fullmatch(one.name)]
    return next(iter(named + found), None)


def identity_name(cls: type[object]) -> str | None:
    """The name of the field that identifies; None for a class that has no identity of its own."""
    # `functools.cache` takes no class for certain to be hashable: type checkers refuse it.
    if cls not in _identity_names:
        _identity_names[cls] = _identity_name(cls)
    return _identity_names[cls]


def _identity_name(cls: type[object]) -> str | None:
    if not attrs.has(cls):
        return None
    names = [one.name for one in attrs.fields(cls) if _IDENTITY in one.metadata or one.name == "id"]
    return names[-1] if names else None


def identity_of(entity: object) -> str | None:
    """The id of an entity, as text; None if it has none."""
    name = identity_name(type(entity))
    found: object = None if name is None else getattr(entity, name)
    if isinstance(found, int):
        return str(found) if found > 0 else None
    return found if isinstance(found, str) and found.strip() else None
