"""The edit loop: send, judge, and resolve what conflicts, until every change is placed.

Edits of one entity through one client take turns, each from the newest value that the one before
it left. So they never conflict with each other, whatever the server is like.
"""

from __future__ import annotations

import math
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeAlias, TypedDict, TypeGuard

import anyio
from attrs import frozen

from agilekit.errors import (
    CallError,
    ConflictDetail,
    DeadlineExceeded,
    InvalidInput,
    UnknownOutcome,
    VersionConflict,
)
from agilekit.events import Attempt, Conflict, Event, Wait
from agilekit.versioned.judging import Attribute, Edit, Verdict, judge
from agilekit.versioned.strategies import (
    Abort,
    Force,
    Merge,
    OnConflict,
    Reapply,
    Strategy,
    Versioned,
)
from agilekit.wire.json import JSON

__all__ = ["Attribute", "Edits", "Placed", "Reply", "Target"]

_ENTITIES_REMEMBERED: Final = 1024
_FIRST_WAIT: Final = 0.01  # seconds; doubled with each conflict, then a random part of it
_LONGEST_WAIT: Final = 1.0


@frozen
class Reply:
    """What an update's answer says."""

    accepted: bool
    """Whether the status is a success."""
    found: Mapping[str, Versioned[object]]
    """The attributes of which the answer holds value and version."""
    lost: bool
    """Whether an earlier attempt of the same request may have been received."""
    refusal: CallError | None
    """What to raise where a refusal is no conflict after all; None for a success."""
    attempts: Sequence[Attempt] = ()


@frozen
class Target:
    """The entity that is edited."""

    path: str
    attributes: Mapping[str, Attribute]
    write: Callable[[Mapping[str, tuple[JSON, int]]], Awaitable[Reply]]
    """Sends an update: by attribute, the wire form and the version."""
    read: Callable[[], Awaitable[Mapping[str, Versioned[object]]]]
    until: float
    """When the edit has to end, by `anyio.current_time`."""
    emit: Callable[[Event], None]


Placed: TypeAlias = Mapping[str, Versioned[object]]


class _Gate:
    """Where the edits of one entity take turns, and what the last of them left."""

    def __init__(self) -> None:
        self.lock = anyio.Lock(fast_acquire=True)
        self.newest: dict[str, Versioned[object]] = {}
        self.unsure = False
        """Whether `newest` may be out of date, because the outcome of a write is not known."""


class Edits:
    """The edits of one client, and what they teach about its server."""

    def __init__(self) -> None:
        self._gates: OrderedDict[str, _Gate] = OrderedDict()
        self.refuses_conflicts: bool | None = None
        """Whether this server refuses a conflict by its status; None: not yet known."""

    async def place(
        self,
        target: Target,
        changes: Mapping[str, object],
        base: Mapping[str, Versioned[object]],
        on_conflict: OnConflict,
    ) -> Placed:
        """Places every change, and returns its attributes as the server holds them now.

        changes: by attribute, a value, or a function of the current value.
        base: by attribute, as the caller read it; what is missing is read first.

        Raises InvalidInput before anything is sent, VersionConflict, UnknownOutcome, and what
        `target` raises.
        """
        edits = _edits(target, changes, base, on_conflict)
        gate = self._gate(target.path)
        with anyio.CancelScope(deadline=target.until) as waiting:
            await gate.lock.acquire()
            try:
                # From here `target` watches the time: only it knows what a late end means.
                waiting.deadline = math.inf
                return await _Placing(self, gate, target, edits).run()
            finally:
                gate.lock.release()
        raise DeadlineExceeded(
            "the deadline passed while other edits of the same entity were made",
            method="PUT",
            path=target.path,
        )

    def _gate(self, path: str) -> _Gate:
        gate = self._gates.pop(path, None) or _Gate()
        self._gates[path] = gate
        if len(self._gates) > _ENTITIES_REMEMBERED:
            oldest, idle = next(iter(self._gates.items()))
            if not idle.lock.locked():
                del self._gates[oldest]
        return gate


class _Placing:
    """One edit from its first request to its end, while it holds the gate of its entity."""

    def __init__(self, edits: Edits, gate: _Gate, target: Target, pending: list[Edit]) -> None:
        self._edits = edits
        self._gate = gate
        self._target = target
        self._pending = pending
        self._applied: dict[str, Versioned[object]] = {}
        self._attempts: list[Attempt] = []

    async def run(self) -> Placed:
        await self._catch_up()
        rounds = 0
        while self._pending:
            if rounds:
                await self._pause(rounds)
            rounds += 1
            await self._round()
        return self._applied

    async def _catch_up(self) -> None:
        """Starts from the newest values that this client knows of."""
        if self._gate.unsure or any(
            edit.base.version is None and edit.starts_from_base for edit in self._pending
        ):
            await self._read()
        for edit in self._pending:
            newest = self._gate.newest.get(edit.name, edit.base)
            if edit.base.version is None:
                edit.base = newest
            elif newest.version is None or newest.version <= edit.base.version:
                newest = edit.base
            edit.current = newest
        self._raise_hopeless(
            [e for e in self._pending if e.current != e.base and isinstance(e.strategy, Abort)]
        )
        for edit in self._pending:
            edit.propose()

    async def _round(self) -> None:
        """One update of all that is pending, judged attribute by attribute."""
        try:
            reply = await self._write([(edit, edit.version) for edit in self._pending])
        except UnknownOutcome as error:
            await self._settle(error)
            return
        found = dict(reply.found)
        if missing := [edit for edit in self._pending if edit.name not in found]:
            found = {**await self._read_after_write(), **found}
        for edit in self._pending:
            seen = found.setdefault(edit.name, Versioned())
            alone = len(self._pending) == 1
            fresh = edit not in missing or (alone and not reply.accepted)
            edit.verdict = judge(
                edit,
                seen,
                accepted=reply.accepted,
                alone=alone,
                sure=fresh and not reply.lost,
                refuses_conflicts=self._edits.refuses_conflicts,
            )
        for edit in self._pending:
            if edit.verdict is Verdict.ASK:
                await self._ask(edit, found[edit.name], alone=len(self._pending) == 1)
        self._gate.newest.update(found)
        self._gate.unsure = False
        self._conclude(reply, found)

    def _conclude(self, reply: Reply, found: Mapping[str, Versioned[object]]) -> None:
        """Keeps what is done, prepares what is not, raises what cannot be."""
        by_verdict: dict[Verdict | None, list[Edit]] = {}
        for edit in self._pending:
            by_verdict.setdefault(edit.verdict, []).append(edit)
        for edit in by_verdict.get(Verdict.DONE, []):
            self._applied[edit.name] = found[edit.name]
        if unknown := by_verdict.get(Verdict.UNKNOWN):
            raise self._noted(
                UnknownOutcome(
                    f"{_named(unknown)}: the change may be inside the value that was found, or not",
                    evidence={edit.name: found[edit.name] for edit in unknown},
                    **self._call(),
                )
            )
        conflicts = by_verdict.get(Verdict.CONFLICT, [])
        again = by_verdict.get(Verdict.AGAIN, [])
        for edit in conflicts:
            seen = found[edit.name]
            self._target.emit(Conflict(self._target.path, edit.name, edit.version, seen.version))
            edit.conflicts += 1
            edit.outdated = edit.version
            edit.current = seen
        if conflicts and not reply.accepted:
            self._edits.refuses_conflicts = True
        self._raise_hopeless([edit for edit in conflicts if edit.gives_up()])
        for edit in conflicts:
            edit.propose()
        if not conflicts:
            # Nothing explains why these were not applied.
            for edit in again:
                edit.left_alone += 1
                edit.current = found[edit.name]
            if stuck := [edit for edit in again if edit.left_alone > 1]:
                if reply.refusal is not None:
                    raise self._noted(reply.refusal)
                self._raise_hopeless(stuck, reason="left alone by the server")
        self._pending = conflicts + again

    async def _ask(self, edit: Edit, seen: Versioned[object], *, alone: bool) -> None:
        """Learns how this server answers a conflict, by a request that is certain to be one.

        Its version is one that the attribute has left behind, so it changes nothing.
        """
        outdated = edit.version if edit.version != seen.version else edit.outdated
        try:
            reply = await self._write([(edit, outdated)])
        except CallError:
            edit.verdict = Verdict.UNKNOWN
            return
        self._edits.refuses_conflicts = not reply.accepted
        edit.verdict = judge(
            edit,
            seen,
            accepted=True,
            alone=alone,
            sure=True,
            refuses_conflicts=self._edits.refuses_conflicts,
        )

    async def _settle(self, unknown: UnknownOutcome) -> None:
        """Looks whether a write of which nothing is known is in place after all."""
        try:
            found = await self._read()
        except CallError:
            raise self._noted(unknown) from None
        seen = {edit.name: found.get(edit.name, Versioned()) for edit in self._pending}
        in_place = [e for e in self._pending if e.plain and e.is_ours(seen[e.name])]
        self._applied.update({edit.name: seen[edit.name] for edit in in_place})
        if len(in_place) < len(self._pending):
            unknown.evidence = dict(seen)
            raise self._noted(unknown)
        self._pending = []

    async def _write(self, edits: Sequence[tuple[Edit, int]]) -> Reply:
        body = {e.name: (e.attribute.write(e.mine), version) for e, version in edits}
        self._gate.unsure = True
        try:
            reply = await self._target.write(body)
        except UnknownOutcome:
            raise
        except CallError as error:
            self._gate.unsure = False
            raise self._noted(error) from error.__cause__
        self._attempts += reply.attempts
        return reply

    async def _read(self) -> Mapping[str, Versioned[object]]:
        found = await self._target.read()
        names = {edit.name for edit in self._pending}
        self._gate.newest.update({name: seen for name, seen in found.items() if name in names})
        return found

    async def _read_after_write(self) -> Mapping[str, Versioned[object]]:
        try:
            return await self._read()
        except CallError as error:
            raise UnknownOutcome(
                f"the answer does not show the values, and they cannot be read: {error}",
                applied=self._applied,
                **self._call(),
            ) from error

    async def _pause(self, rounds: int) -> None:
        longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2**rounds)
        seconds = random.uniform(0, longest)  # noqa: S311 - jitter
        if anyio.current_time() + seconds >= self._target.until:
            self._raise_hopeless(self._pending, reason="the deadline came")
        self._target.emit(Wait("PUT", self._target.path, seconds, "conflict"))
        await anyio.sleep(seconds)

    def _raise_hopeless(self, edits: Sequence[Edit], *, reason: str | None = None) -> None:
        if not edits:
            return
        said = reason or f"changed by somebody else ({edits[0].conflicts or 1} times)"
        raise VersionConflict(
            f"{_named(edits)}: {said}",
            conflicts={
                edit.name: ConflictDetail(edit.base, edit.mine, edit.current, said)
                for edit in edits
            },
            applied=self._applied,
            **self._call(),
        )

    def _call(self) -> _Call:
        return {"method": "PUT", "path": self._target.path, "attempts": self._attempts}

    def _noted(self, error: CallError) -> CallError:
        """Adds what was placed before the error."""
        if isinstance(error, UnknownOutcome):
            error.applied = dict(self._applied)
        if self._applied:
            error.add_note(f"placed before: {', '.join(self._applied)}")
        return error


class _Call(TypedDict):
    method: str
    path: str
    attempts: Sequence[Attempt]


def _edits(
    target: Target,
    changes: Mapping[str, object],
    base: Mapping[str, Versioned[object]],
    on_conflict: OnConflict,
) -> list[Edit]:
    if not changes:
        raise InvalidInput("an update needs at least one attribute")
    strategies = (
        on_conflict if isinstance(on_conflict, Mapping) else dict.fromkeys(changes, on_conflict)
    )
    for name in (*changes, *strategies):
        if name not in target.attributes:
            writable = ", ".join(target.attributes)
            raise InvalidInput(f"{name!r} cannot be written; what can: {writable}")
    edits: list[Edit] = []
    for name, change in changes.items():
        strategy = strategies.get(name, Reapply())
        if not _is_strategy(strategy):
            raise InvalidInput("on_conflict must be Reapply(), Force(), Merge(…) or Abort()")
        attribute = target.attributes[name]
        mine = None
        if not callable(change):
            attribute.write(change)
            mine = change
        known = base.get(name, Versioned())
        edits.append(Edit(name, attribute, change, strategy, known, known, mine))
    return edits


def _is_strategy(value: object) -> TypeGuard[Strategy]:
    return isinstance(value, Reapply | Force | Merge | Abort)


def _named(edits: Sequence[Edit]) -> str:
    return ", ".join(edit.name for edit in edits)
