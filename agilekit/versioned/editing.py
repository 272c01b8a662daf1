"""The edits of one client: each waits for its turn, and is placed.

Edits of one entity through one client take turns, each from the newest value that the one before
it left. So they never conflict with each other, whatever the server is like.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

import anyio

from agilekit.errors import DeadlineExceeded
from agilekit.versioned.changes import Base, edits_of
from agilekit.versioned.lessons import Lessons
from agilekit.versioned.looking import Gate
from agilekit.versioned.placing import Placed, Placing
from agilekit.versioned.strategies import OnConflict
from agilekit.versioned.target import Target

__all__ = ["Edits"]

_ENTITIES_REMEMBERED: Final = 1024


class Edits:
    """The edits of one client, and what they teach about its server."""

    def __init__(self) -> None:
        self._gates: OrderedDict[str, Gate] = OrderedDict()
        self._lessons = Lessons()

    async def place(
        self,
        target: Target,
        changes: Mapping[str, object],
        base: Mapping[str, Base],
        on_conflict: OnConflict,
    ) -> Placed:
        """Places every change.

        changes: by attribute, a value, or a function of the current value.
        base: by attribute, as the caller read it, or only its version; what is missing is read
        first.

        Raises InvalidInput before anything is sent, VersionConflict, UnknownOutcome, and what
        `target` and the functions raise.
        """
        edits = edits_of(target.attributes, changes, base, on_conflict)
        gate = self._gate(target.path)
        with anyio.CancelScope(deadline=target.until) as waiting:
            await gate.lock.acquire()
            try:
                # From here `target` watches the time: only it knows what a late end means.
                waiting.deadline = math.inf
                return await Placing(self._lessons, gate, target, edits).run()
            finally:
                gate.lock.release()
        raise DeadlineExceeded(
            "the deadline passed while other edits of the same entity were made",
            method="PUT",
            path=target.path,
        )

    def _gate(self, path: str) -> Gate:
        gate = self._gates.pop(path, None) or Gate()
        self._gates[path] = gate
        if len(self._gates) > _ENTITIES_REMEMBERED:
            oldest, idle = next(iter(self._gates.items()))
            if not idle.lock.locked():
                del self._gates[oldest]
        return gate
