"""Plain data -> the models of one service.

An answer is decoded fast first. Only if that fails is it decoded again: with details, for the
message, or without what is malformed, inside `agilekit.wire.lenient.leniently`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, cached_property
from typing import Final, TypeVar

import attrs
from cattrs import transform_error

from agilekit.wire import decode_limits
from agilekit.wire.decode import Malformed, typed_repr
from agilekit.wire.generated import Hook, Shape, Wrapper
from agilekit.wire.json import JSON
from agilekit.wire.lenient import skipped_values
from agilekit.wire.model import RAW, identity_name, identity_of, key_of
from agilekit.wire.route import Decode
from agilekit.wire.rules import FAILURES, Rules
from agilekit.wire.structure import ModelConverter, unwrapped

__all__ = ["Decoder"]

T = TypeVar("T")

_MOST_PLACES: Final = 3
"""How many faults a message names."""


class Decoder:
    """Makes functions that make one service's models. What they raise is `Malformed`."""

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
        usual_shapes: Mapping[object, Shape] | None = None,
        wrappers: Mapping[object, Wrapper] | None = None,
    ) -> None:
        """The arguments are those of `agilekit.wire.rules.Rules`."""
        self._rules = Rules(
            time=time,
            keys=keys,
            nulls=nulls,
            envelopes=envelopes or {},
            loose=loose,
            hooks=hooks or {},
            generics=generics or {},
            usual_shapes=usual_shapes or {},
            wrappers=wrappers or {},
        )
        self._fast = ModelConverter(self._rules, "plain")

    @cached_property
    def _detailed(self) -> ModelConverter:
        return ModelConverter(self._rules, "detailed")

    @cached_property
    def _lenient(self) -> ModelConverter:
        return ModelConverter(self._rules, "lenient")

    def one(self, cls: type[T]) -> Decode[T]:
        """A function that makes one `cls` of an answer."""

        make = cache(lambda: self._fast.hook(cls))  # it is generated when it is first needed

        def decode(data: JSON) -> T:
            hook = make()
            try:
                result: T = hook(data, cls)
            except FAILURES:
                if skipped_values() is not None:
                    return self._leniently(data, cls)
                raise self._explained(data, cls) from None
            return result

        return decode

    def part(self, cls: type[T]) -> Decode[T]:
        """As `one`, but an answer that shows none of its attributes is malformed."""
        one = self.one(cls)
        keys = frozenset(
            key_of(attribute, self._rules.keys)
            for attribute in attrs.fields(_attrs_class(cls))
            if attribute.name != RAW
        )

        def decode(data: JSON) -> T:
            made = one(data)
            if isinstance(data, dict) and keys.isdisjoint(data):
                raise Malformed(
                    f"{cls.__name__}: expected its attributes, found {typed_repr(data)}"
                )
            return made

        return decode

    def entity(self, cls: type[T]) -> Decode[T]:
        """As `one`, but an answer that does not identify an entity is malformed.

        If malformed values are left out, a malformed id is one of them.
        """
        one = self.one(cls)
        key = self._key_of_identity(cls)

        def decode(data: JSON) -> T:
            made = one(data)
            if identity_of(made) is not None:
                return made
            if skipped_values() is not None and self._holds(data, cls, key):
                return made
            raise Malformed(f"{cls.__name__}: expected one with an id, found {typed_repr(data)}")

        return decode

    def entity_or_none(self, cls: type[T]) -> Decode[T | None]:
        """As `entity`, but None if there is no answer, or an empty one."""
        one = self.entity(cls)
        return lambda data: None if data in (None, {}, "") else one(data)

    def entities(self, cls: type[T]) -> Decode[list[T]]:
        """A function that makes a list of `cls` of an array, each element as `entity` does."""
        one = self.entity(cls)

        def decode(data: JSON) -> list[T]:
            try:
                elements = self._rules.elements(data)
                decode_limits.count_entities(len(elements))
            except ValueError as error:
                raise Malformed(str(error)) from None
            if isinstance(data, dict) and all(each is None for each in elements):
                raise Malformed(f"expected an array, found {typed_repr(data)}")
            given = [each for each in elements if each is not None]
            found = [made for each in given if (made := _kept(one, cls, each)) is not None]
            if given and not found and skipped_values() is not None:
                one(given[0])  # of a list that is about nothing, nothing is left out
            return found

        return decode

    def _key_of_identity(self, cls: type[object]) -> str | None:
        name = identity_name(cls)
        if name is None:
            return None
        return key_of(attrs.fields_dict(_attrs_class(cls))[name], self._rules.keys)

    def _holds(self, data: JSON, cls: type[object], key: str | None) -> bool:
        """Whether an entity has something under a key."""
        if not isinstance(data, dict):
            return False
        inner = unwrapped(data, self._rules.envelopes.get(cls))
        return bool((data if inner is None else inner).get(key or ""))

    def _leniently(self, data: JSON, cls: type[T]) -> T:
        try:
            result: T = self._lenient.structure(data, cls)
        except FAILURES:
            raise self._explained(data, cls) from None
        return result

    def _explained(self, data: JSON, cls: type[object]) -> Malformed:
        try:
            self._detailed.structure(data, cls)
        except FAILURES as error:
            places = transform_error(error, path=cls.__name__, format_exception=_reason)
            return Malformed("; ".join(places[:_MOST_PLACES]))
        raise AssertionError("the two converters disagree")  # pragma: no cover


def _kept(one: Decode[T], cls: type[T], data: JSON) -> T | None:
    """An element of an array; None if it is left out."""
    decode_limits.check_wanted()
    try:
        return one(data)
    except Malformed as error:
        if (skipped := skipped_values()) is None:
            error.entity = error.entity or (one, data)
            raise
        skipped.note(cls, data, None, error)
        return None


def _attrs_class(cls: type[object]) -> type[attrs.AttrsInstance]:
    assert attrs.has(cls)  # noqa: S101 - every model is one
    return cls


def _reason(error: BaseException, _: type[object] | None) -> str:
    return str(error) or type(error).__name__
