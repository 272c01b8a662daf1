"""What counts as done: what people name, or else each service's own rule.

| named | done is |
|---|---|
| nothing | what the service's own rule says |
| something that the project has | what is in a column or a state of one of these names or ids |
| only what it has not | what the service's own rule says; a gap of the manifest says so |

Upper and lower case and the space around a name do not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias, TypeVar, cast

from attrs import frozen

from agilekit.errors import InvalidInput

__all__ = ["OWN_RULE", "DoneNames", "DoneRule", "done_rules"]

Id = TypeVar("Id", bound="str | int")

DoneNames: TypeAlias = Sequence[str] | Mapping[str, Sequence[str]]
"""Names or ids of columns or states: of all connections, or by the names of the connections."""


@frozen
class DoneRule:
    """The names and ids of the columns or states whose cards are done: none, the service's rule."""

    names: tuple[str, ...] = ()

    @classmethod
    def parse(cls, given: object) -> DoneRule:
        """From a list of names. Raises InvalidInput."""
        if isinstance(given, Sequence) and not isinstance(given, str | bytes):
            names = cast("Sequence[object]", given)
            if all(isinstance(name, str) and name.strip() for name in names):
                return cls(tuple(str(name) for name in names))
        raise InvalidInput(f"done must be a list of names or ids, not {given!r:.60}")

    def ids_among(self, shown: Mapping[Id, str | None]) -> frozenset[Id] | None:
        """The ids of those that are named; None if nothing is named, or none of these.

        shown: what the project has, names by ids; a name may be unknown.
        """
        wanted = {_plain(name) for name in self.names}
        found = {
            id
            for id, name in shown.items()
            if str(id) in wanted or (name is not None and _plain(name) in wanted)
        }
        return frozenset(found) or None

    def unmatched(self, shown: Mapping[Id, str | None]) -> list[str]:
        """The gap of a project that has none of what is named."""
        if not self.names or self.ids_among(shown) is not None:
            return []
        names = ", ".join(self.names)
        return [f"none of its columns or states is {names}: what is done is the service's own rule"]

    def stamped(self, revision: str | None) -> str | None:
        """A revision that differs if something else is named, too."""
        if revision is None or not self.names:
            return revision
        return f"{revision}, done: {', '.join(sorted({_plain(name) for name in self.names}))}"


OWN_RULE: Final = DoneRule()


def done_rules(given: object, connections: Iterable[str]) -> dict[str, DoneRule]:
    """The rule of each connection. Raises InvalidInput, also for an unknown connection."""
    if given is None:
        return dict.fromkeys(connections, OWN_RULE)
    if not isinstance(given, Mapping):
        return dict.fromkeys(connections, DoneRule.parse(given))
    rules = dict.fromkeys(connections, OWN_RULE)
    for connection, names in cast("Mapping[object, object]", given).items():
        if not isinstance(connection, str) or connection not in rules:
            there = ", ".join(rules)
            raise InvalidInput(f"done names the connection {connection!r:.60}; there are {there}")
        rules[connection] = DoneRule.parse(names)
    return rules


def _plain(name: str) -> str:
    return name.strip().casefold()
