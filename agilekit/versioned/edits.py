"""The edits of one client, in turns.

Edits of one entity through one client run one after the other, each from the newest value that the
one before it left. So they never conflict with each other, whatever the server is like.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Final

import anyio

from agilekit.errors import DeadlineExceeded
from agilekit.events import EditEnded, EditStarted
from agilekit.session.teller import EndDetails
from agilekit.versioned.changes import Base, edits_of
from agilekit.versioned.edit import Edit
from agilekit.versioned.engine import Applied, EditRun
from agilekit.versioned.entity import EntityState
from agilekit.versioned.facts import ServerFacts
from agilekit.versioned.strategies import OnConflict
from agilekit.versioned.target import Target

__all__ = ["Edits"]

_ENTITIES_REMEMBERED: Final = 1024


class Edits:
    """The edits of one client, and what they teach about its server."""

    def __init__(self) -> None:
        self._entities: OrderedDict[str, EntityState] = OrderedDict()
        self._facts = ServerFacts()

    async def apply(
        self,
        target: Target,
        changes: Mapping[str, object],
        base: Mapping[str, Base],
        on_conflict: OnConflict,
    ) -> Applied:
        """Makes every change.

        changes: by attribute, a value, or a function of the current value.
        base: by attribute, as the caller read it, or only its version; what is missing is read
        first.

        Raises InvalidInput before anything is sent, VersionConflict, UnknownOutcome, and what
        `target` and the functions raise.
        """
        edits = edits_of(target.attributes, changes, base, on_conflict)
        with _told(target, tuple(edit.name for edit in edits)):
            return await self._in_turn(target, edits)

    async def _in_turn(self, target: Target, edits: list[Edit]) -> Applied:
        entity = self._entity(target.path)
        with anyio.CancelScope(deadline=target.deadline) as waiting:
            await entity.lock.acquire()
            try:
                # From here `target` watches the time: only it knows what a late end means.
                waiting.deadline = math.inf
                return await EditRun(self._facts, entity, target, edits).run()
            finally:
                entity.lock.release()
        raise DeadlineExceeded(
            "the deadline passed while other edits of the same entity were made",
            method="PUT",
            path=target.path,
        )

    def _entity(self, path: str) -> EntityState:
        entity = self._entities.pop(path, None) or EntityState()
        self._entities[path] = entity
        if len(self._entities) > _ENTITIES_REMEMBERED:
            oldest, idle = next(iter(self._entities.items()))
            if not idle.lock.locked():
                del self._entities[oldest]
        return entity


def _told(target: Target, names: tuple[str, ...]) -> AbstractContextManager[None]:
    path, context = target.path, target.teller.context

    def ended(end: EndDetails) -> EditEnded:
        return EditEnded(path, names, end.seconds, end.error, end.error_type, context=context)

    return target.teller.told(lambda: EditStarted(path, names, context=context), ended)
