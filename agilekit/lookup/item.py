"""What a service holds, and how it lies in each other: the types of the tables in `hierarchies`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

from attrs import field, frozen

from agilekit.checks import check_id
from agilekit.errors import InvalidInput
from agilekit.services import AnyClient
from agilekit.wire.model import identity_name

__all__ = ["Branch", "Hierarchy", "Id", "Item", "ItemKind", "digits"]

C = TypeVar("C", bound=AnyClient)

Id: TypeAlias = str | int


def _nothing(_: object) -> str:
    return ""


def _id_of(entity: object) -> object:
    name = identity_name(type(entity))
    return None if name is None else getattr(entity, name)


def digits(text: str) -> int | None:
    """The id that a text is, if ids are numbers; None if it is none."""
    try:
        return check_id("id", text)
    except InvalidInput:
        return None


# Compared by identity: a kind is one row of a table.
@frozen(eq=False)
class ItemKind(Generic[C]):
    """One kind of thing in a service."""

    name: str
    """In the plural, as ``--kind`` takes it: ``task-types``."""
    one: str
    """In the singular, as people write it: ``task type``."""
    model: type[object]
    title: Callable[[Any], object] = field(repr=False)
    """What people call an entity; it may be null or empty."""
    state: Callable[[Any], str] = field(default=_nothing, repr=False)
    """One word about an entity that matters when one is chosen: ``archived``. Empty for most."""
    id: Callable[[Any], object] = field(default=_id_of, repr=False)
    """What other calls take for an entity."""
    ids: int = 1
    """By how many ids the service finds one: its own is the last, those of its containers come
    before it."""
    is_content: bool = False
    """Whether there may be any number of them, so that they are looked up only in their container.
    """
    get: Callable[[C, Sequence[Id]], Awaitable[object]] | None = field(default=None, repr=False)
    """Reads one by its `ids`, if the service can."""
    gap: Callable[[Sequence[Any]], str] = field(default=_nothing, repr=False)
    """What the service is known to leave out of a list of these; empty if nothing."""


@frozen
class Item:
    """One thing in a service, as far as it is known."""

    kind: ItemKind[Any]
    id: Id
    title: str = ""
    """Empty if it has none, or was given by its id and never read."""
    state: str = ""
    within: Item | None = None
    """Its container, if it lies in one and that is known."""
    entity: object = field(default=None, eq=False, repr=False)
    """As a list shows it; None if it was never read."""

    @property
    def line(self) -> Sequence[Item]:
        """Its containers, the outermost first, and itself."""
        return *(() if self.within is None else self.within.line), self

    @property
    def address(self) -> Sequence[Id]:
        """The ids by which the service finds it."""
        return tuple(one.id for one in self.line)[-self.kind.ids :]


@frozen
class Branch(Generic[C]):
    """One read of what lies in a container, or in the whole account."""

    within: ItemKind[C] | None
    kinds: Sequence[ItemKind[C]]
    """What of its answer is looked at, in this order."""
    read: Callable[[C, Sequence[Id]], Awaitable[Iterable[object]]] = field(repr=False)
    """Takes the ids of the container and of those around it, as far as they are known; it is found
    by the last of them."""

    def items(self, entities: Iterable[object], within: Item | None) -> Iterator[Item]:
        """The entities of an answer that are of its kinds."""
        found = [*entities]
        for kind in self.kinds:
            for entity in found:
                id = kind.id(entity) if isinstance(entity, kind.model) else None
                if id and isinstance(id, str | int):
                    title = kind.title(entity)
                    title = "" if title is None else str(title)
                    yield Item(kind, id, title, kind.state(entity), within, entity)


@frozen
class Hierarchy(Generic[C]):
    """What there is in one service."""

    branches: Sequence[Branch[C]]
    """The outer ones first."""
    overview: Sequence[ItemKind[C]]
    """What is shown of an account if nothing else is asked for."""
    subject: ItemKind[C]
    """What people work on: cards, tasks or stories."""
    parse_id: Callable[[str], Id | None] = field(default=digits, repr=False)
    """The id that a text is by its form; None if it may be a name, or an id of unusual form."""

    @property
    def kinds(self) -> Sequence[ItemKind[C]]:
        """All there are, the outer ones first."""
        return tuple(dict.fromkeys(kind for branch in self.branches for kind in branch.kinds))

    @property
    def container_kinds(self) -> Sequence[ItemKind[C]]:
        """In which something else lies."""
        return tuple(dict.fromkeys(one.within for one in self.branches if one.within is not None))

    def containers_of(self, kinds: Iterable[ItemKind[C]]) -> Sequence[ItemKind[C]]:
        """The kinds right above some others."""
        below = set(kinds)
        return tuple(
            dict.fromkeys(
                one.within
                for one in self.branches
                if one.within is not None and not below.isdisjoint(one.kinds)
            )
        )

    def contents_of(self, kind: ItemKind[C]) -> Sequence[ItemKind[C]]:
        """What is shown of one container: its structure, or else what people have put there."""
        found = [one for branch in self.branches if branch.within is kind for one in branch.kinds]
        return [one for one in found if not one.is_content] or found

    def ancestors_of(self, kinds: Iterable[ItemKind[C]]) -> set[ItemKind[C]]:
        """The kinds anywhere above some others."""
        above: set[ItemKind[C]] = set()
        nearest = {*self.containers_of(kinds)}
        while nearest:
            above |= nearest
            nearest = {*self.containers_of(nearest)} - above
        return above

    def depth(self, kind: ItemKind[C]) -> int:
        """How many names a whole path to one of these has."""
        return 1 + max(map(self.depth, self.containers_of([kind])), default=0)

    def placeholder(self, kind: ItemKind[C]) -> str:
        """What stands in messages for the id of one of these: ``BOARD/TASK``."""
        own = kind.one.replace(" ", "-").upper()
        if kind.ids == 1:
            return own
        return f"{self.placeholder(self.containers_of([kind])[0])}/{own}"

    def kind(self, name: str) -> ItemKind[C] | None:
        """The kind of this name, in the plural."""
        return next((one for one in self.kinds if one.name == name), None)

    def kind_of_one(self, name: str) -> ItemKind[C]:
        """The kind of this name, in the singular. Raises KeyError."""
        return {one.one: one for one in self.kinds}[name]
