"""How one service writes its models, and what a hook says to data that it can make nothing of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, get_type_hints

import attrs
from attrs import field, frozen
from cattrs.errors import BaseValidationError, StructureHandlerNotFoundError

from agilekit.wire.decode import elements, loose_elements
from agilekit.wire.generated import Hook, Shape, Wrapper
from agilekit.wire.json import JSON
from agilekit.wire.model import RAW, is_unsent, key_of

__all__ = ["FAILURES", "Rules"]

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


@frozen(kw_only=True, eq=False, repr=False)
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
    usual_shapes: Mapping[object, Shape] = field(factory=dict[object, Shape])
    """The usual form of a type that has a hook here, and of a time."""
    wrappers: Mapping[object, Wrapper] = field(factory=dict[object, Wrapper])
    """The usual form of a generic class."""

    def elements(self, data: object) -> list[JSON]:
        """The elements of an array. Raises ValueError."""
        return loose_elements(data) if self.loose else elements(data)

    def sent(self, cls: Any) -> list[tuple[attrs.Attribute[Any], Any, str]]:
        """The fields that an answer may hold, with their types and keys."""
        # The types are those of the class: what is resolved anew is another object of each.
        types = get_type_hints(cls)
        return [
            (
                one,
                types[one.name] if isinstance(one.type, str) else one.type,
                key_of(one, self.keys),
            )
            for one in attrs.fields(cls)
            if not is_unsent(one) and one.name != RAW
        ]
