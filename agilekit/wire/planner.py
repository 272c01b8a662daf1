"""What the generated function of a model takes by itself: a plan for each of its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import NoneType, UnionType
from typing import Any, Final, Union, cast, get_args, get_origin

import attrs

from agilekit.wire.generated import (
    AS_IT_CAME,
    NUMBER,
    TEXT,
    TRUTH,
    WHOLE,
    FieldPlan,
    Hook,
    ModelPlan,
    Shape,
    is_plain,
)
from agilekit.wire.json import JSON
from agilekit.wire.model import RAW, is_undocumented, is_unsent
from agilekit.wire.rules import FAILURES, Rules
from agilekit.wire.times import from_iso_date

__all__ = ["Planner", "is_optional", "not_none"]

_SHAPES: Final[Mapping[object, Shape]] = {
    str: TEXT,
    int: WHOLE,
    float: NUMBER,
    bool: TRUTH,
    date: Shape(
        "type({it}) is str", "to_date({it})", {"to_date": from_iso_date}, can_fail=True, wire=(str,)
    ),
    JSON: AS_IT_CAME,
}


class Planner:
    """Plans the models of one service."""

    def __init__(
        self,
        rules: Rules,
        hook_of: Callable[[Any], Hook],
        tolerant_hook_of: Callable[[attrs.Attribute[Any]], Hook],
    ) -> None:
        self._rules = rules
        self._nulls = (None, *rules.nulls)
        self._hook_of = hook_of
        self._tolerant_hook_of = tolerant_hook_of
        self._usual_shapes: dict[object, Shape] = {
            **{kind: shape for kind, shape in _SHAPES.items() if kind not in rules.hooks},
            **rules.usual_shapes,
        }

    def plan(self, cls: Any, slow: Hook) -> ModelPlan | None:
        """How a model is made of what usually comes, and of the rest by `slow`; None if only that
        can make one.
        """
        unsent = {one.name: one.default for one in attrs.fields(cls) if is_unsent(one)}
        if not is_plain(cls) or any(map(_is_factory, unsent.values())):
            return None
        return ModelPlan(
            cls=cls,
            fields=[self._field(one, kind, key) for one, kind, key in self._rules.sent(cls)],
            unsent=unsent,
            raw=next((one.name for one in attrs.fields(cls) if one.name == RAW), None),
            envelope=self._rules.envelopes.get(cls),
            slow=slow,
            failures=FAILURES,
        )

    def _field(self, attribute: attrs.Attribute[Any], kind: Any, key: str) -> FieldPlan:
        tolerant = is_undocumented(attribute)
        hook = self._tolerant_hook_of(attribute) if tolerant else self._hook_of(kind)
        default = attribute.default
        factory = _is_factory(default)
        null_is_absent = not factory and _makes_of_null(hook, kind, default)
        wrapper = self._rules.wrappers.get(get_origin(kind))
        shape = self._shape(
            get_args(kind)[0] if wrapper else kind,
            nullable=wrapper is not None,
            but_none=null_is_absent and wrapper is None,
        )
        return FieldPlan(
            name=attribute.name,
            key=key,
            default=_of_self(default) if factory else default,
            default_is_made=factory,
            hook=hook,
            kind=kind,
            shape=shape,
            wrapper=wrapper,
            tolerant=tolerant,
            null_is_absent=null_is_absent,
        )

    def _shape(self, kind: Any, *, nullable: bool = False, but_none: bool = False) -> Shape | None:
        """The usual form of a type.

        nullable: whether something may stand for null there; but_none: which is never None itself.
        """
        if kind in self._usual_shapes:
            found = self._usual_shapes[kind]
        elif is_optional(kind) and kind not in self._rules.hooks:
            inner = self._shape(not_none(kind), nullable=True)
            return inner if inner is None or but_none else inner.or_none()
        elif isinstance(kind, type) and attrs.has(kind) and kind not in self._rules.hooks:
            name = f"decode_{kind.__name__}"
            call = f"{name}({{it}}, {name}_kind)"
            make = self._hook_of(kind)
            found = Shape(
                "type({it}) is dict", call, {name: make, f"{name}_kind": kind}, wire=(dict,)
            )
        else:
            return None
        return found.but_for(self._nulls) if nullable else found


def _is_factory(default: object) -> bool:
    return isinstance(default, cast("type[object]", attrs.Factory))  # for type checkers a function


def _of_self(factory: Any) -> Callable[[object], object]:
    """A default that is made, from the entity as far as that is made."""
    made: Callable[..., object] = factory.factory
    return made if factory.takes_self else lambda _: made()


def _makes_of_null(hook: Hook, kind: object, default: object) -> bool:
    """Whether a hook makes exactly this of null."""
    try:
        made: object = hook(None, kind)
    except FAILURES:
        return False
    return type(made) is type(default) and made == default


def is_optional(cls: Any) -> bool:
    kinds = get_args(cls)
    return get_origin(cls) in (Union, UnionType) and len(kinds) == 2 and NoneType in kinds


def not_none(cls: Any) -> Any:
    return next(kind for kind in get_args(cls) if kind is not NoneType)
