"""A versioned attribute, the steps by which its version rises, and the record of its changes."""

from __future__ import annotations

from random import Random
from typing import Generic, TypeGuard, TypeVar

import attrs
from attrs import Factory, define, field, frozen

T = TypeVar("T")

WIRE_NAMES = {"start": "startDate", "end": "endDate"}
"""Those that are not the field's name in camel case."""


@frozen
class Change:
    """What was done to an attribute, in the order in which it was done.

    ``entity`` is an id, ``attribute`` the name on the wire. ``before`` and ``after`` are versions;
    they are equal if an update was accepted and its value was there already. ``forced`` means
    version -1, ``request`` is the header ``x-request-id`` of the request that did it: None if
    it had none, and for what was done without a request or by the other editor of a conflict storm.
    ``username`` is the member in whose name it was done, None if there was none; two changes are
    compared without it.
    """

    entity: str
    attribute: str
    value: object
    before: int
    after: int
    forced: bool = False
    request: str | None = None
    username: str | None = field(default=None, eq=False)


def _random() -> Random:
    return Random(0)  # noqa: S311 - repeatable, not secret


@define(eq=False)
class History:
    """What happened to the attributes of a project, recorded only while ``recording`` is true.

    A deep copy of a project has a fresh one: the copy is another project.
    """

    recording: bool = False
    changes: list[Change] = Factory(list[Change])
    steps: tuple[int, int] = (1, 1)
    """By how much a version rises with each change: from the first to the last."""
    request: str | None = None
    """The request that is being handled."""
    username: str | None = None
    """In whose name it writes."""
    random: Random = Factory(_random)

    def __deepcopy__(self, memo: dict[int, object]) -> History:
        return History()

    def step(self) -> int:
        first, last = self.steps
        return first if first == last else self.random.randint(first, last)


@frozen(eq=False)
class AttributeRef:
    """Which attribute of which entity it is, and the history of its project."""

    history: History
    entity: str
    attribute: str


@define
class Versioned(Generic[T]):
    """A value, and how many times it has changed."""

    value: T
    version: int = 0
    source: AttributeRef | None = field(default=None, eq=False, repr=False, kw_only=True)

    def change(self, value: T) -> None:
        """Set the value; the version rises, unless the value is equal."""
        if value != self.value:
            self.place(value)

    def accept(self, value: T, *, forced: bool) -> None:
        """Take the value of an update; an equal one leaves the version, too, but is recorded."""
        if value != self.value:
            self.place(value, forced=forced)
        else:
            self._record(self.version, forced=forced)

    def place(self, value: T, *, forced: bool = False, rival: bool = False) -> None:
        """Set the value, and raise the version even if it is equal."""
        before = self.version
        self.value = value
        self.version += self.source.history.step() if self.source else 1
        self._record(before, forced=forced, rival=rival)

    def _record(self, before: int, *, forced: bool, rival: bool = False) -> None:
        if self.source is None or not self.source.history.recording:
            return
        history = self.source.history
        request, username = (None, None) if rival else (history.request, history.username)
        entity, attribute = self.source.entity, self.source.attribute
        history.changes.append(
            Change(entity, attribute, self.value, before, self.version, forced, request, username)
        )


def record_in(history: History, entity: attrs.AttrsInstance, identifier: str) -> None:
    """Make a history take the changes of all versioned attributes of an entity."""
    for one in attrs.fields(type(entity)):
        attribute: object = getattr(entity, one.name)
        if _is_versioned(attribute):
            attribute.source = AttributeRef(history, identifier, _wire_name(one.name))


def _is_versioned(attribute: object) -> TypeGuard[Versioned[object]]:
    return isinstance(attribute, Versioned)


def _wire_name(name: str) -> str:
    first, *rest = WIRE_NAMES.get(name, name).split("_")
    return first + "".join(word.capitalize() for word in rest)
