"""How cattrs makes the models of one service of plain data: the hooks of its converter.

The rule: a null or a missing key never fails a read, an unknown key is kept in ``raw``, and a value
of another type than the documents describe fails. Each hook is one line of that rule.

A converter is of one of three modes: plain, which is the fast one; *detailed*, whose errors name
the place; *lenient*, which leaves out what is malformed and notes it (`agilekit.wire.lenient`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeAlias, Union, cast, get_args, get_origin, get_type_hints

import attrs
from attrs import field, frozen
from cattrs import Converter
from cattrs.errors import BaseValidationError, StructureHandlerNotFoundError
from cattrs.gen import make_dict_structure_fn, override

from agilekit.wire import decode_limits
from agilekit.wire.decode import (
    elements,
    loose_elements,
    to_bool,
    to_float,
    to_int,
    to_str,
    typed_repr,
)
from agilekit.wire.json import JSON
from agilekit.wire.lenient import SkippedValues, skipped_values
from agilekit.wire.model import RAW, is_undocumented, is_unsent, key_of
from agilekit.wire.times import from_iso_date

__all__ = ["FAILURES", "Hook", "ModelConverter", "Rules", "unwrapped"]

# cattrs types its hooks with Any: the second argument is the type that was asked for.
Hook = Callable[[Any, Any], Any]
Mode: TypeAlias = Literal["plain", "detailed", "lenient"]

FAILURES: Final = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    RecursionError,
    BaseValidationError,
    StructureHandlerNotFoundError,
)
"""What a hook raises for data that it can make nothing of."""

_ID: Final = "id"
_NEVER_TEXT: Final = (int, float, bool, date, datetime)


@frozen(kw_only=True)
class Rules:
    """One service's way of writing."""

    time: Callable[[JSON], datetime]
    """Reads a time."""
    keys: Callable[[str], str]
    """The key on the wire of a field, from the field's name; `wire_key` wins."""
    nulls: Sequence[JSON] = ()
    """What may stand for null, beside null itself."""
    envelopes: Mapping[type[object], str] = field(factory=dict[type[object], str])
    """By model, the key of an object that may hold an entity, with others beside it."""
    loose: bool = False
    """Whether an array may come as an object of its elements."""
    hooks: Mapping[object, Hook] = field(factory=dict[object, Hook])
    """How a type is made, if it is not by its fields."""
    generics: Mapping[object, Callable[[Hook, object], Hook]] = field(
        factory=dict[object, Callable[[Hook, object], Hook]]
    )
    """For a generic class of one parameter, its hook from the parameter's hook, which makes None of
    null, and from the parameter."""

    def elements(self, data: object) -> list[JSON]:
        """The elements of an array. Raises ValueError."""
        return loose_elements(data) if self.loose else elements(data)


class ModelConverter:
    """Makes models by the rules of one service, in one mode."""

    def __init__(self, rules: Rules, mode: Mode) -> None:
        self._rules = rules
        self._nulls = (None, *rules.nulls)
        self._is_lenient = mode == "lenient"
        self._converter = Converter(detailed_validation=mode == "detailed")
        self._register()

    def structure(self, data: JSON, cls: type[Any]) -> Any:
        """Raises one of `FAILURES`."""
        return self._converter.structure(data, cls)

    def _register(self) -> None:
        converter = self._converter
        # What is registered later is asked first.
        entity = self._lenient_entity if self._is_lenient else self._entity
        converter.register_structure_hook_factory(attrs.has, entity)
        converter.register_structure_hook_factory(_is_tuple, self._tuple)
        for generic, make in self._rules.generics.items():
            converter.register_structure_hook_factory(_has_origin(generic), self._generic(make))
        converter.register_structure_hook_factory(_is_optional, self._optional)
        hooks: dict[object, Hook] = {
            str: lambda value, _: to_str(value),
            int: lambda value, _: to_int(value),
            float: lambda value, _: to_float(value),
            bool: lambda value, _: to_bool(value),
            datetime: lambda value, _: self._rules.time(value),
            date: lambda value, _: from_iso_date(value),
            **self._rules.hooks,
        }
        for cls, hook in hooks.items():
            if isinstance(cls, type):
                converter.register_structure_hook(cls, hook)
            else:
                converter.register_structure_hook_func(_is_exactly(cls), hook)

    def _generic(self, make: Callable[[Hook, object], Hook]) -> Callable[[Any], Hook]:
        def factory(cls: Any) -> Hook:
            (parameter,) = get_args(cls)
            return make(self._nullable(parameter), parameter)

        return factory

    def _optional(self, cls: Any) -> Hook:
        return self._nullable(next(kind for kind in get_args(cls) if kind is not NoneType))

    def _nullable(self, cls: Any) -> Hook:
        make = self._converter.get_structure_hook(cls)
        if cls is JSON:
            return make
        if cls in _NEVER_TEXT or (attrs.has(cls) and cls not in self._rules.hooks):
            # One that was never set is "" at some servers, and an empty element in XML.
            return lambda value, _: None if self._is_unset(value) else make(value, cls)
        return lambda value, _: None if value in self._nulls else make(value, cls)

    def _is_unset(self, value: Any) -> bool:
        return value in self._nulls or (isinstance(value, str) and not value.strip())

    def _tuple(self, cls: Any) -> Hook:
        element = get_args(cls)[0]
        make = self._converter.get_structure_hook(element)
        keeps_nulls = _is_optional(element)

        def structure(value: Any, _: Any) -> tuple[object, ...]:
            parts = [] if value is None else self._rules.elements(value)
            parts = [part for part in parts if keeps_nulls or part is not None]
            decode_limits.check_wanted()
            decode_limits.count_entities(len(parts))
            if not self._is_lenient:
                return tuple([make(part, element) for part in parts])
            return tuple(_well_formed(make, element, parts))

        return structure

    def _entity(self, cls: Any) -> Hook:
        fields = attrs.fields(cls)
        envelope = self._rules.envelopes.get(cls)
        keeps_raw = any(attribute.name == RAW for attribute in fields)
        overrides: dict[str, Any] = {
            attribute.name: override(
                rename=key_of(attribute, self._rules.keys),
                omit=is_unsent(attribute),
                struct_hook=self._tolerant(attribute) if is_undocumented(attribute) else None,
            )
            for attribute in fields
        }
        if keeps_raw:
            overrides[RAW] = override(omit=True)
        make = make_dict_structure_fn(
            cls,
            self._converter,
            _cattrs_use_linecache=False,
            _cattrs_detailed_validation=self._converter.detailed_validation,
            **overrides,
        )

        def structure(value: Any, _: Any) -> Any:
            given = _as_object(value)
            inner = unwrapped(given, envelope)
            if inner is not None:
                return structure(inner, cls)
            made = make(given, cls)
            if keeps_raw:
                object.__setattr__(made, RAW, value)  # the class is frozen
            return made

        return structure

    def _tolerant(self, attribute: attrs.Attribute[Any]) -> Hook:
        """Makes an undocumented field, which has its default for a value of another type."""
        make = self._converter.get_structure_hook(attribute.type)

        def structure(value: Any, cls: Any) -> Any:
            try:
                return make(value, cls)
            except FAILURES:
                return attribute.default

        return structure

    def _lenient_entity(self, cls: Any) -> Hook:
        envelope = self._rules.envelopes.get(cls)
        # The types are those of the class: what is resolved anew is another object of each.
        types = get_type_hints(cls)
        fields = [
            (
                one,
                types[one.name] if isinstance(one.type, str) else one.type,
                key_of(one, self._rules.keys),
            )
            for one in attrs.fields(cls)
            if not is_unsent(one) and one.name != RAW
        ]
        keeps_raw = any(one.name == RAW for one in attrs.fields(cls))

        def structure(value: Any, _: Any) -> Any:
            given = _as_object(value)
            inner = unwrapped(given, envelope)
            if inner is not None:
                return structure(inner, cls)
            made: dict[str, object] = {}
            for attribute, kind, key in fields:
                if key not in given:
                    continue
                try:
                    made[attribute.alias] = self._converter.structure(given[key], kind)
                except FAILURES as error:
                    if attribute.default is attrs.NOTHING:
                        raise  # the whole entity cannot be made
                    _skipped().note(cls, given, key, error)
            if keeps_raw:
                made[RAW] = given
            return cls(**made)

        return structure


def unwrapped(value: Mapping[str, JSON], envelope: str | None) -> dict[str, JSON] | None:
    """What an envelope holds, whatever stands beside it; None for an entity without one."""
    if envelope is None or envelope not in value or _ID in value:
        return None
    inner = value[envelope]
    if len(value) == 1 and not isinstance(inner, dict):
        raise ValueError(f"expected an object, found {typed_repr(inner)}")
    return inner if isinstance(inner, dict) else None


def _as_object(value: object) -> dict[str, JSON]:
    if not isinstance(value, dict):
        raise ValueError(f"expected an object, found {typed_repr(value)}")
    return cast("dict[str, JSON]", value)


def _skipped() -> SkippedValues:
    return skipped_values() or SkippedValues()


def _well_formed(make: Hook, element: Any, parts: Sequence[JSON]) -> list[object]:
    found: list[object] = []
    for part in parts:
        try:
            found.append(make(part, element))
        except FAILURES as error:
            _skipped().note(element if isinstance(element, type) else object, part, None, error)
    return found


def _is_exactly(cls: object) -> Callable[[Any], bool]:
    return lambda asked: asked is cls


def _has_origin(generic: object) -> Callable[[Any], bool]:
    return lambda asked: get_origin(asked) is generic


def _is_optional(cls: Any) -> bool:
    kinds = get_args(cls)
    return get_origin(cls) in (Union, UnionType) and len(kinds) == 2 and NoneType in kinds


def _is_tuple(cls: Any) -> bool:
    return get_origin(cls) is tuple
