"""What this client knows of an entity, and the reads that tell it more.

An update reads before it starts if too little is known, after an answer that does not show the
values, and in place of an answer that never came. A read may come from a replica that lags, so what
it shows as old proves little, and no read takes back what is known to be newer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Final

import anyio

from agilekit.errors import CallError, UnknownOutcome
from agilekit.events import Wait
from agilekit.versioned.edit import Edit
from agilekit.versioned.strategies import Versioned
from agilekit.versioned.target import Target

__all__ = ["EntityReads", "EntityState"]

_LAGS: Final = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between the reads that look for what an answer says has happened."""
_FIRST_PAUSE: Final = 0.25  # seconds between the reads for a late commit, doubled each time
_LONGEST_PAUSE: Final = 5.0


class EntityState:
    """An entity as the edits of this client know it: one of them at a time holds the lock."""

    def __init__(self) -> None:
        self.lock: anyio.Lock = anyio.Lock(fast_acquire=True)
        self.newest: dict[str, Versioned[object]] = {}
        self.unsure = False
        """Whether `newest` may be out of date, because the outcome of a write is not known."""

    def learn(self, found: Mapping[str, Versioned[object]]) -> None:
        """Takes what the answer to a write shows, which is never old."""
        self.newest.update(found)


class EntityReads:
    """The reads of one update."""

    def __init__(self, entity: EntityState, target: Target, names: frozenset[str]) -> None:
        self._entity = entity
        self._target = target
        self._names = names

    def is_needed_for(self, edit: Edit) -> bool:
        """Whether an edit cannot be made of what is known."""
        if edit.given.version is None:
            return edit.starts_from_base
        known = self._entity.newest.get(edit.name, Versioned()).version
        is_older = known is None or known < edit.given.version
        return callable(edit.change) and not edit.knows_value and is_older

    async def once(self) -> Mapping[str, Versioned[object]]:
        """Reads the entity. Raises CallError."""
        found = await self._target.read()
        for name in self._names & found.keys():
            known = self._entity.newest.get(name, Versioned())
            if (found[name].version or 0) >= (known.version or 0):
                self._entity.newest[name] = found[name]
        return found

    async def after_answer(
        self, edits: Sequence[Edit], *, patient: bool
    ) -> Mapping[str, Versioned[object]]:
        """What an answer has not shown.

        patient: whether the answer says that something has changed, so that a read which shows
        nothing of it may be old.
        """
        found = await self.once()
        for seconds in _LAGS if patient else ():
            shown = [found.get(edit.name, Versioned()) for edit in edits]
            pairs = zip(edits, shown, strict=True)
            whole = all(edit.is_news(seen) for edit, seen in pairs)
            if whole or anyio.current_time() + seconds >= self._target.deadline:
                break  # everything is seen, or no time is left
            await anyio.sleep(seconds)
            found = await self.once()
        return found

    async def until_settled(
        self, forced: Sequence[Edit], unknown: UnknownOutcome
    ) -> tuple[Mapping[str, Versioned[object]] | None, bool]:
        """What is there after a write without an answer, and whether nothing more can come.

        forced: those that were sent with version -1, which are looked for until they are in place
        or the server can no longer be at work on them. Without any, there is one read.

        Returns None for the values if the entity could not be read.
        """
        took = unknown.attempts[-1].seconds if unknown.attempts else 0.0
        began = anyio.current_time()
        horizon = began - took + self._target.settle_after if forced else began
        seen = -inf
        found: Mapping[str, Versioned[object]] | None = None
        pause = _FIRST_PAUSE
        while True:
            began = anyio.current_time()
            try:
                found, seen = await self.once(), began
            except CallError:
                if not forced:
                    return None, False
            missing = found is None or any(not _in_place(edit, found) for edit in forced)
            now = anyio.current_time()
            if not missing or began >= horizon or now >= self._target.deadline:
                return found, bool(forced) and seen >= horizon
            pause = min(pause, max(horizon - now, 0.0), self._target.deadline - now)
            path, teller = self._target.path, self._target.teller
            teller.tell(Wait("PUT", path, pause, "settle", context=teller.context))
            await anyio.sleep(pause)
            pause = min(2 * max(pause, _FIRST_PAUSE), _LONGEST_PAUSE)


def _in_place(edit: Edit, found: Mapping[str, Versioned[object]]) -> bool:
    """Whether a forced value has arrived; one that was there before may arrive once more."""
    shown, known = found.get(edit.name, Versioned()), edit.current.version
    has_moved = known is None or (shown.version or 0) > known
    return edit.plain and edit.name in found and has_moved and edit.is_ours(shown)
