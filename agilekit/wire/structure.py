"""How cattrs makes the models of one service of plain data: the hooks of its converter.

The rule: a null or a missing key never fails a read, an unknown key is kept in ``raw``, and a value
of another type than the documents describe fails. Each hook is one line of that rule.

A converter is of one of three modes: plain, which is the fast one, as a generated function takes
what usually comes before a hook is asked (`agilekit.wire.generated`); *detailed*, whose errors name
the place; *lenient*, which leaves out what is malformed and notes it (`agilekit.wire.lenient`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Final, Literal, TypeAlias, cast, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, override

from agilekit.wire import decode_limits
from agilekit.wire.decode import to_bool, to_float, to_int, to_str, typed_repr
from agilekit.wire.generated import Hook
from agilekit.wire.json import JSON
from agilekit.wire.lenient import SkippedValues, skipped_values
from agilekit.wire.model import RAW, is_undocumented, is_unsent, key_of
from agilekit.wire.planner import Planner, is_optional, not_none
from agilekit.wire.rules import FAILURES, Rules
from agilekit.wire.times import from_iso_date

__all__ = ["ModelConverter", "unwrapped"]

Mode: TypeAlias = Literal["plain", "detailed", "lenient"]

_ID: Final = "id"
_NEVER_TEXT: Final = (int, float, bool, date, datetime)


class ModelConverter:
    """Makes models by the rules of one service, in one mode."""

    def __init__(self, rules: Rules, mode: Mode) -> None:
        self._rules = rules
        self._nulls = (None, *rules.nulls)
        self._mode = mode
        self._converter = Converter(detailed_validation=mode == "detailed")
        self._planner = Planner(rules, self._converter.get_structure_hook, self._tolerant)
        self._register()

    def structure(self, data: JSON, cls: type[Any]) -> Any:
        """Raises one of `FAILURES`."""
        return self._converter.structure(data, cls)

    def hook(self, cls: type[object]) -> Hook:
        """The function that `structure` makes `cls` by."""
        return self._converter.get_structure_hook(cls)

    def _register(self) -> None:
        converter = self._converter
        # What is registered later is asked first.
        entity = self._lenient_entity if self._mode == "lenient" else self._entity
        converter.register_structure_hook_factory(attrs.has, entity)
        converter.register_structure_hook_factory(_is_tuple, self._tuple)
        for generic, make in self._rules.generics.items():
            converter.register_structure_hook_factory(_has_origin(generic), self._generic(make))
        converter.register_structure_hook_factory(is_optional, self._optional)
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
        return self._nullable(not_none(cls))

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
        hook = cache(lambda: self._converter.get_structure_hook(element))  # many stay empty
        keeps_nulls = is_optional(element)

        def structure(value: Any, _: Any) -> tuple[object, ...]:
            parts = [] if value is None else self._rules.elements(value)
            parts = [part for part in parts if keeps_nulls or part is not None]
            decode_limits.check_wanted()
            decode_limits.count_entities(len(parts))
            if not parts:
                return ()
            make = hook()
            if self._mode != "lenient":
                return tuple([make(part, element) for part in parts])
            return tuple(_well_formed(make, element, parts))

        return structure

    def _entity(self, cls: Any) -> Hook:
        envelope = self._rules.envelopes.get(cls)
        keeps_raw = any(attribute.name == RAW for attribute in attrs.fields(cls))
        make = cache(lambda: self._of_fields(cls))  # most are never asked for

        def structure(value: Any, _: Any) -> Any:
            given = _as_object(value)
            inner = unwrapped(given, envelope)
            if inner is not None:
                return entity(inner, cls)
            made = make()(given, cls)
            if keeps_raw:
                object.__setattr__(made, RAW, value)  # the class is frozen
            return made

        plan = self._planner.plan(cls, structure) if self._mode == "plain" else None
        entity = structure if plan is None else plan.decoder()
        return entity

    def _of_fields(self, cls: Any) -> Hook:
        overrides: dict[str, Any] = {
            attribute.name: override(
                rename=key_of(attribute, self._rules.keys),
                omit=is_unsent(attribute) or attribute.name == RAW,
                struct_hook=self._tolerant(attribute) if is_undocumented(attribute) else None,
            )
            for attribute in attrs.fields(cls)
        }
        return make_dict_structure_fn(
            cls,
            self._converter,
            _cattrs_use_linecache=False,
            _cattrs_detailed_validation=self._converter.detailed_validation,
            **overrides,
        )

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
        fields = self._rules.sent(cls)
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
                    made[attribute.alias or attribute.name] = self._converter.structure(
                        given[key], kind
                    )
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


def _is_tuple(cls: Any) -> bool:
    return get_origin(cls) is tuple
