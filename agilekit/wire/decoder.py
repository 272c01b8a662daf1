"""Plain data -> attrs models.

The rule: a null or a missing key never fails a read, an unknown key is kept in ``raw``, and a
value of another kind than the documents describe is an error that names the place, or is left out
where `agilekit.wire.lenient` says so.

A model is decoded fast first; only when that fails, again with details for the message, or without
what is odd.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from math import isfinite
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import attrs
from attrs import field
from cattrs import Converter, transform_error
from cattrs.errors import BaseValidationError, StructureHandlerNotFoundError
from cattrs.gen import make_dict_structure_fn, override

from agilekit.wire import decode_limits
from agilekit.wire.identity import identity_name, identity_of
from agilekit.wire.json import JSON
from agilekit.wire.lenient import OddValues, tolerating
from agilekit.wire.route import Decode
from agilekit.wire.short_repr import shown
from agilekit.wire.times import from_iso_date

__all__ = [
    "Hook",
    "Malformed",
    "Models",
    "is_finite",
    "key",
    "members",
    "number",
    "raw_field",
    "text",
    "undocumented",
    "unshown_field",
    "whole",
]

T = TypeVar("T")

# cattrs types its hooks with Any: the second argument is the type that was asked for.
Hook = Callable[[Any, Any], Any]

_RAW: Final = "raw"
_ID: Final = "id"
_KEY: Final = "agilekit.key"
_UNSHOWN: Final = "agilekit.unshown"
_UNDOCUMENTED: Final = "agilekit.undocumented"
_NEVER_TEXT: Final = (int, float, bool, date, datetime)


class Malformed(ValueError):
    """Data that no model can be made of; the message names the place."""

    entity: tuple[Decode[object], JSON] | None = None
    """What was decoded, and how, where it is one of many."""


def raw_field() -> Any:  # attrs types its fields with Any
    """The field that keeps an entity's answer exactly as it came."""
    empty: Mapping[str, JSON] = {}
    return field(default=empty, eq=False, repr=False, kw_only=True)


def unshown_field() -> Any:  # attrs types its fields with Any
    """A field of which no answer tells."""
    empty: Mapping[str, object] = {}
    return field(default=empty, eq=False, repr=False, kw_only=True, metadata={_UNSHOWN: True})


def key(name: str) -> Mapping[str, str]:
    """The metadata of a field whose name on the wire is not made from its own."""
    return {_KEY: name}


def undocumented() -> Mapping[str, bool]:
    """The metadata of a field of which no document shows a value, but its name at most: a value of
    another kind than its own does not fail a read, but stays in ``raw`` alone.
    """
    return {_UNDOCUMENTED: True}


class Models:
    """Makes one service's models, by its way of writing times and its own kinds of values."""

    def __init__(
        self,
        *,
        time: Callable[[JSON], datetime],
        keys: Callable[[str], str],
        nulls: Sequence[JSON] = (),
        envelopes: Mapping[type[object], str] | None = None,
        loose: bool = False,
        hooks: Mapping[object, Hook] | None = None,
        generics: Mapping[object, Callable[[Hook, object], Hook]] | None = None,
    ) -> None:
        """
        time: reads the service's times.
        keys: the wire's name of an attribute, from the attribute's own; `key` metadata wins.
        nulls: what the service may write for null, beside null itself.
        envelopes: by model, the key of an object that may hold an entity, with others beside it.
        loose: whether an array may come as an object of its `members`.
        hooks: how a type is made, where it is not by its attributes.
        generics: for a generic class of one parameter, its hook from the parameter's hook, which
            makes None of null, and from the parameter.
        """
        self._keys = keys
        self._nulls = (None, *nulls)
        self._hooks = hooks or {}
        self._envelopes = envelopes or {}
        self._elements = members if loose else _elements
        self._fast = self._converter(time, generics or {}, detailed=False)
        self._slow = self._converter(time, generics or {}, detailed=True)
        self._lenient = self._converter(time, generics or {}, detailed=False, lenient=True)

    def one(self, cls: type[T]) -> Decode[T]:
        """A function that makes one `cls` of an answer."""

        def decode(data: JSON) -> T:
            try:
                result: T = self._fast.structure(data, cls)
            except _FAILURES:
                if tolerating() is not None:
                    return self._without_what_is_odd(data, cls)
                raise self._explained(data, cls) from None
            return result

        return decode

    def many(self, cls: type[T]) -> Decode[list[T]]:
        """A function that makes a list of `cls` of an answer that is an array."""
        return self._list(cls, self.one(cls))

    def one_or_none(self, cls: type[T]) -> Decode[T | None]:
        """As `one`, but None where there is no answer, or null."""
        one = self.one(cls)
        return lambda data: None if data is None else one(data)

    def part(self, cls: type[T]) -> Decode[T]:
        """As `one`, but an answer that shows no attribute of it is none."""
        one = self.one(cls)
        keys = self._wire_keys(cls)

        def decode(data: JSON) -> T:
            made = one(data)
            if isinstance(data, dict) and keys.isdisjoint(data):
                raise Malformed(f"{cls.__name__}: expected its attributes, found {_shown(data)}")
            return made

        return decode

    def entity(self, cls: type[T]) -> Decode[T]:
        """As `one`, but an answer that does not identify an entity is none.

        Where odd values are left out, an odd id is one of them.
        """
        one = self.one(cls)
        key = self._key_of_identity(cls)

        def decode(data: JSON) -> T:
            made = one(data)
            is_odd = tolerating() is not None and self._shows(data, cls, key)
            if is_odd or identity_of(made) is not None:
                return made
            raise Malformed(f"{cls.__name__}: expected one with an id, found {_shown(data)}")

        return decode

    def entities(self, cls: type[T]) -> Decode[list[T]]:
        """As `many`, but each element has to identify itself."""
        return self._list(cls, self.entity(cls))

    def entity_or_none(self, cls: type[T]) -> Decode[T | None]:
        """As `entity`, but None where there is no answer, or an empty one."""
        one = self.entity(cls)
        return lambda data: None if data in (None, {}, "") else one(data)

    def _list(self, cls: type[T], one: Decode[T]) -> Decode[list[T]]:
        def decode(data: JSON) -> list[T]:
            try:
                elements = self._elements(data)
                decode_limits.make(len(elements))
            except ValueError as error:
                raise Malformed(str(error)) from None
            if isinstance(data, dict) and all(each is None for each in elements):
                raise Malformed(f"expected an array, found {_shown(data)}")
            given = [each for each in elements if each is not None]
            found = [made for each in given if (made := self._kept(one, cls, each)) is not None]
            if given and not found and tolerating() is not None:
                one(given[0])  # of a list that is about nothing, nothing is left out
            return found

        return decode

    def _wire_keys(self, cls: Any) -> frozenset[str]:
        """What the attributes of a class are called on the wire."""
        return frozenset(
            one.metadata.get(_KEY) or self._keys(one.name)
            for one in attrs.fields(cls)
            if one.name != _RAW
        )

    def _key_of_identity(self, cls: Any) -> str | None:
        name = identity_name(cls)
        if name is None:
            return None
        return attrs.fields_dict(cls)[name].metadata.get(_KEY) or self._keys(name)

    def _shows(self, data: JSON, cls: type[object], key: str | None) -> bool:
        """Whether an entity has something under a key."""
        if not isinstance(data, dict):
            return False
        inner = _enveloped(data, self._envelopes.get(cls))
        return bool((data if inner is None else inner).get(key or ""))

    def _without_what_is_odd(self, data: JSON, cls: type[T]) -> T:
        try:
            result: T = self._lenient.structure(data, cls)
        except _FAILURES:
            raise self._explained(data, cls) from None
        return result

    def _kept(self, one: Decode[T], cls: type[T], data: JSON) -> T | None:
        """An element of an array; None where it is left out."""
        decode_limits.go_on()
        try:
            return one(data)
        except Malformed as error:
            if (odd := tolerating()) is None:
                error.entity = error.entity or (one, data)
                raise
            odd.note(cls, data, None, error)
            return None

    def _explained(self, data: JSON, cls: type[object]) -> Malformed:
        try:
            self._slow.structure(data, cls)
        except _FAILURES as error:
            places = transform_error(error, path=cls.__name__, format_exception=_reason)
            return Malformed("; ".join(places[:3]))
        raise AssertionError("the two converters disagree")  # pragma: no cover

    def _converter(
        self,
        time: Callable[[JSON], datetime],
        generics: Mapping[object, Callable[[Hook, object], Hook]],
        *,
        detailed: bool,
        lenient: bool = False,
    ) -> Converter:
        converter = Converter(detailed_validation=detailed)
        plain: dict[object, Hook] = {
            str: lambda value, _: text(value),
            int: lambda value, _: whole(value),
            float: lambda value, _: number(value),
            bool: lambda value, _: _truth(value),
            datetime: lambda value, _: time(value),
            date: lambda value, _: from_iso_date(value),
            **self._hooks,
        }
        # What is registered later is asked first.
        entity = self._lenient_entity if lenient else self._entity
        converter.register_structure_hook_factory(attrs.has, entity(converter))
        converter.register_structure_hook_factory(_is_tuple, self._tuple(converter))
        for generic, make in generics.items():
            converter.register_structure_hook_factory(
                _has_origin(generic), self._generic(converter, make)
            )
        converter.register_structure_hook_factory(_is_optional, self._optional(converter))
        for cls, hook in plain.items():
            if isinstance(cls, type):
                converter.register_structure_hook(cls, hook)
            else:
                converter.register_structure_hook_func(_exactly(cls), hook)
        return converter

    def _generic(
        self, converter: Converter, make: Callable[[Hook, object], Hook]
    ) -> Callable[[Any], Hook]:
        def factory(cls: Any) -> Hook:
            (kind,) = get_args(cls)
            return make(self._nullable(converter, kind), kind)

        return factory

    def _optional(self, converter: Converter) -> Callable[[Any], Hook]:
        def factory(cls: Any) -> Hook:
            kind = next(kind for kind in get_args(cls) if kind is not NoneType)
            return self._nullable(converter, kind)

        return factory

    def _nullable(self, converter: Converter, cls: Any) -> Hook:
        make = converter.get_structure_hook(cls)
        if cls is JSON:
            return make
        if cls in _NEVER_TEXT or (attrs.has(cls) and cls not in self._hooks):
            # One that was never set is "" at some servers, and an empty element in XML.
            return lambda value, _: None if self._is_unset(value) else make(value, cls)
        return lambda value, _: None if value in self._nulls else make(value, cls)

    def _is_unset(self, value: Any) -> bool:
        return value in self._nulls or (isinstance(value, str) and not value.strip())

    def _tuple(self, converter: Converter) -> Callable[[Any], Hook]:
        def factory(cls: Any) -> Hook:
            element = get_args(cls)[0]
            make = converter.get_structure_hook(element)
            keeps_nulls = _is_optional(element)

            def structure(value: Any, _: Any) -> tuple[object, ...]:
                parts = [] if value is None else self._elements(value)
                parts = [part for part in parts if keeps_nulls or part is not None]
                decode_limits.go_on()
                decode_limits.make(len(parts))
                if converter is not self._lenient:
                    return tuple([make(part, element) for part in parts])
                return tuple(_each_that_can_be(make, element, parts))

            return structure

        return factory

    def _entity(self, converter: Converter) -> Callable[[Any], Hook]:
        def factory(cls: Any) -> Hook:
            fields = attrs.fields(cls)
            envelope = self._envelopes.get(cls)
            keeps_raw = any(attribute.name == _RAW for attribute in fields)
            overrides: dict[str, Any] = {
                attribute.name: override(
                    rename=attribute.metadata.get(_KEY) or self._keys(attribute.name),
                    omit=_UNSHOWN in attribute.metadata,
                    struct_hook=self._struct_hook(converter, attribute),
                )
                for attribute in fields
            }
            if keeps_raw:
                overrides[_RAW] = override(omit=True)
            make = make_dict_structure_fn(
                cls,
                converter,
                _cattrs_use_linecache=False,
                _cattrs_detailed_validation=converter.detailed_validation,
                **overrides,
            )

            def structure(value: Any, _: Any) -> Any:
                if not isinstance(value, dict):
                    raise ValueError(f"expected an object, found {_shown(value)}")
                inner = _enveloped(cast("dict[str, JSON]", value), envelope)
                if inner is not None:
                    return structure(inner, cls)
                made = make(cast("dict[str, JSON]", value), cls)
                if keeps_raw:
                    object.__setattr__(made, _RAW, value)
                return made

            return structure

        return factory

    def _struct_hook(self, converter: Converter, attribute: Any) -> Hook | None:
        """How a field is made of which no document shows a value; None for any other."""
        if _UNDOCUMENTED not in attribute.metadata:
            return None
        make = converter.get_structure_hook(attribute.type)

        def structure(value: Any, cls: Any) -> Any:
            try:
                return make(value, cls)
            except _FAILURES:
                return attribute.default

        return structure

    def _lenient_entity(self, converter: Converter) -> Callable[[Any], Hook]:
        def factory(cls: Any) -> Hook:
            envelope = self._envelopes.get(cls)
            # The types are those of the class: what is resolved anew is another object of each.
            types = get_type_hints(cls)
            fields = [
                (
                    one,
                    types[one.name] if isinstance(one.type, str) else one.type,
                    one.metadata.get(_KEY) or self._keys(one.name),
                )
                for one in attrs.fields(cls)
                if _UNSHOWN not in one.metadata and one.name != _RAW
            ]
            keeps_raw = any(one.name == _RAW for one in attrs.fields(cls))

            def structure(value: Any, _: Any) -> Any:
                if not isinstance(value, dict):
                    raise ValueError(f"expected an object, found {_shown(value)}")
                given = cast("dict[str, JSON]", value)
                inner = _enveloped(given, envelope)
                if inner is not None:
                    return structure(inner, cls)
                made: dict[str, object] = {}
                for attribute, kind, key in fields:
                    if key not in given:
                        continue
                    try:
                        made[attribute.alias] = converter.structure(given[key], kind)
                    except _FAILURES as error:
                        if attribute.default is attrs.NOTHING:
                            raise
                        _noting().note(cls, given, key, error)
                if keeps_raw:
                    made[_RAW] = given
                return cls(**made)

            return structure

        return factory


def _enveloped(value: Mapping[str, JSON], envelope: str | None) -> dict[str, JSON] | None:
    """What an envelope holds, whatever stands beside it; None for an entity without one."""
    if envelope is None or envelope not in value or _ID in value:
        return None
    inner = value[envelope]
    if len(value) == 1 and not isinstance(inner, dict):
        raise ValueError(f"expected an object, found {_shown(inner)}")
    return inner if isinstance(inner, dict) else None


def _noting() -> OddValues:
    return tolerating() or OddValues()


def _each_that_can_be(make: Hook, element: Any, parts: Sequence[JSON]) -> list[object]:
    found: list[object] = []
    for part in parts:
        try:
            found.append(make(part, element))
        except _FAILURES as error:
            _noting().note(element if isinstance(element, type) else object, part, None, error)
    return found


def text(value: object) -> str:
    """A string as it is. Raises ValueError for anything else but a number."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"expected text, found {_shown(value)}")


def number(value: object) -> float:
    """A number, also where it is written as text. Raises ValueError."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        found = int(value) if value.lstrip("-").isdecimal() else float(value)
        if is_finite(found):
            return found
    raise ValueError(f"expected a number, found {_shown(value)}")


def is_finite(value: float) -> bool:
    """Whether a number is one that a float can hold."""
    try:
        return isfinite(value)
    except OverflowError:
        return False


def whole(value: object) -> int:
    """A whole number, also where it is written as text or as 2.0. Raises ValueError."""
    found = number(value)
    if int(found) != found:
        raise ValueError(f"expected a whole number, found {_shown(value)}")
    return int(found)


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false", "1", "0", 1, 0):
        return value in ("true", "1", 1)
    raise ValueError(f"expected true or false, found {_shown(value)}")


def _exactly(cls: object) -> Callable[[Any], bool]:
    return lambda asked: asked is cls


def _has_origin(generic: object) -> Callable[[Any], bool]:
    return lambda asked: get_origin(asked) is generic


def _is_optional(cls: Any) -> bool:
    kinds = get_args(cls)
    return get_origin(cls) in (Union, UnionType) and len(kinds) == 2 and NoneType in kinds


def _is_tuple(cls: Any) -> bool:
    return get_origin(cls) is tuple


def _elements(data: object) -> list[JSON]:
    if not isinstance(data, list):
        raise ValueError(f"expected an array, found {_shown(data)}")
    return cast("list[JSON]", data)


def members(data: object) -> list[JSON]:
    """The elements of an array that may have come as an object: a map by id or by position, or
    XML that does not say what is an array. Raises ValueError for anything else.
    """
    if isinstance(data, str) and not data.strip():
        return []  # XML without children
    if not isinstance(data, dict):
        return _elements(data)
    found: list[JSON] = []
    for part in cast("dict[str, JSON]", data).values():
        found += part if isinstance(part, list) else [part]
    # What stands beside children is an attribute of their parent.
    return [part for part in found if isinstance(part, dict)] or found


def _shown(value: object) -> str:
    return "null" if value is None else f"{type(value).__name__} {shown(value)}"


def _reason(error: BaseException, _: type[object] | None) -> str:
    return str(error) or type(error).__name__


_FAILURES: Final = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    RecursionError,
    BaseValidationError,
    StructureHandlerNotFoundError,
)
