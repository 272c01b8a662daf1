"""Attributes that bear a version each, and the edit that never loses or doubles a change.

The rule: a change is sent with the version of the value that it was made from. The server takes it
only if that version is still the current one, so of all changes made from one version, one wins;
the others learn the current value and are made again from it.

What the servers leave open is decided attribute by attribute, never by the status alone, since
nothing tells what a conflict's status is, or whether one stale attribute fails the whole update:

=======  ========  ========  =================================  =================================
version  value     status    a plain value                      a computed or merged one
=======  ========  ========  =================================  =================================
as sent  ours      any       done: there was nothing to change  done
as sent  another   any       not applied, and not stale: sent   the same
                             again; after the second time,
                             `VersionConflict`
moved    ours      accepted  done                               by one: done; else as "another"
moved    ours      refused   done: it is in place               somebody computed the same: again
moved    another   refused   a conflict                         a conflict
moved    another   accepted  alike: done, normalised;           the server refuses conflicts:
                             else a conflict                    done, normalised; else a conflict,
                                                                or unknown where they are alike
=======  ========  ========  =================================  =================================

A lost reply, or a value that had to be read separately, makes every conflict of a computed change
unknown: the change may be inside the value that was found. So does a refusal of several attributes
at once, for one that is found as it would be had it been applied.

Whether a server refuses conflicts is learned from the first that is refused, or asked with a
request that is certain to be one.

Edits of one entity through one client take turns, each from the newest value that the one before
it left. So they never conflict with each other, whatever the server is like.
"""

from __future__ import annotations

import math
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Final, Generic, TypeAlias, TypedDict, TypeGuard, TypeVar

import anyio
from attrs import define, field, frozen

from agilekit.errors import (
    CallError,
    ConflictDetail,
    DeadlineExceeded,
    InvalidInput,
    UnknownOutcome,
    VersionConflict,
)
from agilekit.events import Attempt, Conflict, Event, Wait
from agilekit.wire.json import JSON

__all__ = [
    "Abort",
    "Attribute",
    "Edits",
    "Force",
    "Merge",
    "OnConflict",
    "Placed",
    "Reapply",
    "Reply",
    "Strategy",
    "Target",
    "Versioned",
]

T = TypeVar("T")

_FORCED: Final = -1  # Source: Flying Donut API, "Update Card": "To force update …"
_ENTITIES_REMEMBERED: Final = 1024
_FIRST_WAIT: Final = 0.01  # seconds; doubled with each conflict, then a random part of it
_LONGEST_WAIT: Final = 1.0


@frozen
class Versioned(Generic[T]):
    """A value and the number of changes that it has seen."""

    value: T | None = None
    version: int | None = None
    """None where the answer did not hold the attribute."""


@frozen
class Reapply:
    """Make the change again from the current value; after `attempts` conflicts, `VersionConflict`.

    A plain value is sent again as it is, a function is called with the current value.
    """

    attempts: int = 8


@frozen
class Force:
    """Send version -1: the value replaces whatever is there."""


@frozen
class Merge:
    """Send what ``choose(base, mine, theirs)`` returns, made from the three values.

    base: as the caller had read it; mine: as the caller wants it; theirs: as the server holds it.
    """

    choose: Callable[[Any, Any, Any], object]
    attempts: int = 8


@frozen
class Abort:
    """Raise `VersionConflict` at the first conflict."""


Strategy: TypeAlias = Reapply | Force | Merge | Abort
OnConflict: TypeAlias = Strategy | Mapping[str, Strategy]


@frozen
class Attribute:
    """How one attribute is written and compared."""

    write: Callable[[Any], JSON]
    """Checks a value and gives its wire form. Raises InvalidInput."""
    comparable: Callable[[Any], object] = field(default=lambda value: value)
    """The part of a value that the server keeps as it was sent."""


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


class _Verdict(Enum):
    DONE = "done"
    CONFLICT = "conflict"
    AGAIN = "not applied, not stale"
    UNKNOWN = "unknown"
    ASK = "depends on how this server answers a conflict"


@define
class _Edit:
    """One attribute on its way."""

    name: str
    attribute: Attribute
    change: object
    """The value, or the function that computes it."""
    strategy: Strategy
    base: Versioned[object]
    current: Versioned[object]
    mine: object = None
    """The value to be sent."""
    merged: bool = False
    conflicts: int = 0
    left_alone: int = 0
    verdict: _Verdict | None = None

    @property
    def plain(self) -> bool:
        """Whether the value that is sent is the caller's own: found in place, it is done."""
        return not callable(self.change) and not self.merged

    @property
    def repeatable(self) -> bool:
        """Whether making the change twice is the same as making it once."""
        return not callable(self.change) and isinstance(self.strategy, Reapply | Force)

    @property
    def starts_from_base(self) -> bool:
        """Whether the current value or its version is needed to make the change."""
        return not (isinstance(self.strategy, Force) and self.repeatable)

    @property
    def version(self) -> int:
        if isinstance(self.strategy, Force):
            return _FORCED
        return self.current.version or 0  # an attribute that the entity lacks was never changed

    def propose(self) -> None:
        """Makes `mine` from the current value."""
        if isinstance(self.strategy, Merge) and self.current != self.base:
            wanted = self.change(self.base.value) if callable(self.change) else self.change
            self.mine = self.strategy.choose(self.base.value, wanted, self.current.value)
            self.merged = True
        elif callable(self.change):
            self.mine = self.change(self.current.value)
        else:
            self.mine = self.change

    def is_ours(self, found: Versioned[object]) -> bool:
        comparable = self.attribute.comparable
        return _same(comparable(self.mine), comparable(found.value))

    def could_be_ours(self, found: Versioned[object]) -> bool:
        comparable = self.attribute.comparable
        return _alike(comparable(self.mine), comparable(found.value))

    def met_again(self, found: Versioned[object]) -> bool:
        """Whether the value found is the one that the last conflict brought, too."""
        return self.conflicts > 0 and found.value == self.current.value

    def gives_up(self) -> bool:
        """Whether its strategy allows no further attempt."""
        if isinstance(self.strategy, Reapply | Merge):
            return self.conflicts >= self.strategy.attempts
        return isinstance(self.strategy, Abort)


def _judge(
    edit: _Edit,
    found: Versioned[object],
    *,
    accepted: bool,
    alone: bool,
    sure: bool,
    refuses_conflicts: bool | None,
) -> _Verdict:
    """The table of this module.

    alone: whether the request named no other attribute.
    sure: whether `found` came with the only attempt's answer.
    refuses_conflicts: whether this server refuses a conflict by its status; None: not yet known.
    """
    ours = edit.is_ours(found)
    alike = ours or edit.could_be_ours(found)
    if found.version is None:
        return _Verdict.DONE if ours and accepted else _Verdict.AGAIN
    if edit.version == _FORCED:
        moved = found.version != edit.current.version
        return _Verdict.DONE if ours or (accepted and moved) else _Verdict.AGAIN
    if found.version == edit.version:
        unchanged = ours or (alike and accepted and edit.repeatable)
        return _Verdict.DONE if unchanged else _Verdict.AGAIN
    next_one = found.version == edit.version + 1
    if ours and (edit.plain or (accepted and next_one)):
        return _Verdict.DONE
    if not sure and not edit.repeatable:
        return _Verdict.UNKNOWN
    if not accepted:
        mixed = not alone and next_one and alike and not edit.repeatable
        return _Verdict.UNKNOWN if mixed else _Verdict.CONFLICT
    if edit.repeatable:
        if alike:
            return _Verdict.DONE
        if not edit.met_again(found):
            return _Verdict.CONFLICT
    if refuses_conflicts is None:
        return _Verdict.ASK
    if refuses_conflicts:
        return _Verdict.DONE if alone or edit.repeatable else _Verdict.UNKNOWN
    return _Verdict.UNKNOWN if alike else _Verdict.CONFLICT


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

    def __init__(self, edits: Edits, gate: _Gate, target: Target, pending: list[_Edit]) -> None:
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
            reply = await self._write(self._pending)
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
            edit.verdict = _judge(
                edit,
                seen,
                accepted=reply.accepted,
                alone=alone,
                sure=fresh and not reply.lost,
                refuses_conflicts=self._edits.refuses_conflicts,
            )
        for edit in self._pending:
            if edit.verdict is _Verdict.ASK:
                await self._ask(edit, found[edit.name], alone=len(self._pending) == 1)
        self._gate.newest.update(found)
        self._gate.unsure = False
        self._conclude(reply, found)

    def _conclude(self, reply: Reply, found: Mapping[str, Versioned[object]]) -> None:
        """Keeps what is done, prepares what is not, raises what cannot be."""
        by_verdict: dict[_Verdict | None, list[_Edit]] = {}
        for edit in self._pending:
            by_verdict.setdefault(edit.verdict, []).append(edit)
        for edit in by_verdict.get(_Verdict.DONE, []):
            self._applied[edit.name] = found[edit.name]
        if unknown := by_verdict.get(_Verdict.UNKNOWN):
            raise UnknownOutcome(
                f"{_named(unknown)}: the change may be inside the value that was found, or not",
                evidence={edit.name: found[edit.name] for edit in unknown},
                applied=self._applied,
                **self._call(),
            )
        conflicts = by_verdict.get(_Verdict.CONFLICT, [])
        again = by_verdict.get(_Verdict.AGAIN, [])
        for edit in conflicts:
            seen = found[edit.name]
            self._target.emit(Conflict(self._target.path, edit.name, edit.version, seen.version))
            edit.conflicts += 1
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

    async def _ask(self, edit: _Edit, seen: Versioned[object], *, alone: bool) -> None:
        """Learns how this server answers a conflict, by a request that is certain to be one.

        The version that was sent is no longer the current one, so sending it again changes nothing.
        """
        try:
            reply = await self._write([edit])
        except CallError:
            edit.verdict = _Verdict.UNKNOWN
            return
        self._edits.refuses_conflicts = not reply.accepted
        edit.verdict = _judge(
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
        if not all(edit.plain and edit.is_ours(seen[edit.name]) for edit in self._pending):
            unknown.evidence = dict(seen)
            raise self._noted(unknown)
        self._applied.update(seen)
        self._pending = []

    async def _write(self, edits: Sequence[_Edit]) -> Reply:
        body = {edit.name: (edit.attribute.write(edit.mine), edit.version) for edit in edits}
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

    def _raise_hopeless(self, edits: Sequence[_Edit], *, reason: str | None = None) -> None:
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
) -> list[_Edit]:
    if not changes:
        raise InvalidInput("an update needs at least one attribute")
    strategies = (
        on_conflict if isinstance(on_conflict, Mapping) else dict.fromkeys(changes, on_conflict)
    )
    for name in (*changes, *strategies):
        if name not in target.attributes:
            writable = ", ".join(target.attributes)
            raise InvalidInput(f"{name!r} cannot be written; what can: {writable}")
    edits: list[_Edit] = []
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
        edits.append(_Edit(name, attribute, change, strategy, known, known, mine))
    return edits


def _is_strategy(value: object) -> TypeGuard[Strategy]:
    return isinstance(value, Reapply | Force | Merge | Abort)


def _named(edits: Sequence[_Edit]) -> str:
    return ", ".join(edit.name for edit in edits)


def _same(mine: object, found: object) -> bool:
    """Whether the server keeps `mine` when it holds `found`; how it writes it does not matter."""
    if mine == found:
        return True
    if mine in (None, "") and found in (None, ""):
        return True
    numbers = _number(mine), _number(found)
    if numbers[0] is not None or numbers[1] is not None:
        return numbers[0] == numbers[1]
    if isinstance(mine, str) and isinstance(found, str):
        return mine.split() == found.split()
    return False


def _alike(mine: object, found: object) -> bool:
    """Whether `found` may be what a server made of `mine`: rounded, trimmed, cut, recased."""
    numbers = _number(mine), _number(found)
    if numbers[0] is not None and numbers[1] is not None:
        return abs(numbers[0] - numbers[1]) < 1
    if isinstance(mine, str) and isinstance(found, str):
        bare = ["".join(filter(str.isalnum, text.casefold())) for text in (mine, found)]
        return bool(bare[1]) and bare[0].startswith(bare[1])
    return False


def _number(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return None
