"""The plain form of entities and reports: JSON values only, for who is to have them next.

The rule, by what a value is:

===================  =============================================================================
text                 as it is; U+FFFD for each unpaired surrogate, which UTF-8 cannot hold
a number             as it is, however large; null if it is not finite: JSON has no word for it
true, false, None    as they are
a time               ISO 8601 with its offset: ``2014-12-03T22:00:00+00:00``
a day                ISO 8601: ``2014-12-03``
a tuple, a list      a list
a mapping            a dict, its keys as text
a `Serializable`     a dict of its fields; its ``raw`` only if it is asked for
an error             ``{"type": "NotFound", "message": …}``
one of its details    a dict of its fields
anything else        its text; only what a caller has put there can be anything else
===================  =============================================================================

``dict(card)`` is ``card.to_dict()``: a `Serializable` has the keys and the items of a mapping. That
is all that `dict` asks for, and so do frameworks that know nothing of this library. What pydantic
asks for is made when it does, in `agilekit.wire.pydantic_schema`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import TYPE_CHECKING, ClassVar, Final, cast

import attrs

from agilekit.errors import AgilekitError, ConflictDetail, InvalidInput, UnknownDetail
from agilekit.wire.json import JSON, replace_surrogates

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema, SchemaSerializer

__all__ = ["RAW", "Serializable", "plain"]

RAW: Final = "raw"
"""The name of the field that keeps the answer."""

_DETAILS: Final[tuple[type[object], ...]] = (ConflictDetail, UnknownDetail)
_keys: Final[dict[type[object], tuple[str, ...]]] = {}


class Serializable:
    """What has a plain form, of JSON values only."""

    __slots__ = ()

    _also_plain: ClassVar[tuple[str, ...]] = ()
    """The properties that belong to the plain form, beside the fields."""

    def to_dict(self, *, raw: bool = False) -> dict[str, JSON]:
        """Its fields by their names, as plain JSON values, and its parts in the same way.

        A time is text in ISO 8601 with its offset, a versioned attribute
        ``{"value": …, "version": …}``.

        raw: whether ``raw``, the answer as it came, is there too, of its parts as well.

        Raises InvalidInput if what it holds is nested hundreds of levels deep.
        """
        return cast("dict[str, JSON]", plain(self, raw=raw))

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        """The keys of its plain form, but for ``raw``."""
        if cls not in _keys:
            names = _field_names(cls)
            shown = [name for name in names if name != RAW and not name.startswith("_")]
            _keys[cls] = (*shown, *cls._also_plain)
        return _keys[cls]

    def __getitem__(self, name: str) -> JSON:
        """One item of its plain form."""
        if name not in self.keys():
            raise KeyError(name)
        return plain(getattr(self, name))

    if not TYPE_CHECKING:
        __iter__ = None  # else Python would ask for the items 0, 1, … of what has `__getitem__`

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        from agilekit.wire.pydantic_schema import core_schema_of

        return core_schema_of(cls, source, handler)

    @property
    def __pydantic_serializer__(self) -> SchemaSerializer:
        """Is asked for where no type is known: for a value of ``Any``, of ``dict`` or of a key that
        a model does not name.
        """
        try:
            from agilekit.wire.pydantic_schema import serializer_of
        except ImportError as error:  # whoever looks at all attributes may do without pydantic
            raise AttributeError(str(error)) from None
        return serializer_of(type(self))


def plain(value: object, *, raw: bool = False) -> JSON:
    """The plain form of whatever the library gives, alone or in a list or a mapping of the
    caller's: an entity, a report, an error, the ``conflicts`` of one.

    raw: whether ``raw`` of each entity, its answer as it came, is there too.

    Raises InvalidInput if what it holds is nested hundreds of levels deep.
    """
    try:
        return _plain(value, raw)
    except RecursionError:
        raise InvalidInput("it is nested too deeply for its plain form") from None


def _plain(value: object, raw: bool) -> JSON:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, Serializable):
        keys = (*value.keys(), RAW) if raw and hasattr(value, RAW) else value.keys()
        return {name: _plain(getattr(value, name), raw) for name in keys}
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, tuple | list):
        return [_plain(part, raw) for part in cast("list[object]", value)]
    if isinstance(value, Mapping):
        parts = cast("Mapping[object, object]", value).items()
        return {replace_surrogates(str(name)): _plain(part, raw) for name, part in parts}
    if isinstance(value, date):  # as every datetime is
        return value.isoformat()
    if type(value) in _DETAILS:
        return {name: _plain(getattr(value, name), raw) for name in _field_names(type(value))}
    if isinstance(value, AgilekitError):
        return {"type": type(value).__name__, "message": replace_surrogates(str(value))}
    return replace_surrogates(str(value))


def _field_names(cls: type[object]) -> tuple[str, ...]:
    return tuple(one.name for one in attrs.fields(cast("type[attrs.AttrsInstance]", cls)))
