"""One update from its first request to its end: send, judge, and resolve what conflicts.

An attribute goes round until its verdict ends it: DONE, or an error that says what is known.
Whatever error leaves bears what was placed before it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

import anyio
from attrs import evolve, frozen

from agilekit.errors import CallError, InvalidInput, UnknownOutcome
from agilekit.events import Conflict, Learned, Wait
from agilekit.versioned.edit import FORCED, Edit
from agilekit.versioned.ending import Ending
from agilekit.versioned.judging import Evidence, Verdict, judge
from agilekit.versioned.lessons import Lesson, Lessons
from agilekit.versioned.looking import Gate, Looks
from agilekit.versioned.strategies import Abort, Versioned
from agilekit.versioned.target import Reply, Target

__all__ = ["Placed", "Placing"]

_FIRST_WAIT: Final = 0.01  # seconds; doubled with each conflict, then a random part of it
_LONGEST_WAIT: Final = 1.0

Found: TypeAlias = Mapping[str, Versioned[object]]


@frozen
class Placed:
    """What became of an update that came to its end."""

    values: Found
    """The attributes as the server holds them now."""
    replaced: Found
    """What was replaced that the caller had not read; without a version where that is not known."""


class Placing:
    """One update from its first request to its end, while it holds the gate of its entity."""

    def __init__(self, lessons: Lessons, gate: Gate, target: Target, pending: list[Edit]) -> None:
        self._lessons = lessons
        self._gate = gate
        self._target = target
        self._pending = pending
        self._replaced: dict[str, Versioned[object]] = {}
        self._unjudged: Sequence[Edit] = ()
        """What has left, and what became of it is not known yet."""
        self._ending = Ending(target.path, tuple(pending))
        self._looks = Looks(gate, target, frozenset(edit.name for edit in pending))

    async def run(self) -> Placed:
        try:
            return await self._run()
        except CallError as error:
            self._ending.mark(error)
            raise
        except Exception as error:  # bad input, or what a hook or a function of the caller raises
            for edit in self._unjudged:
                edit.doubt = True
            if isinstance(error, InvalidInput) and self._ending.is_in_doubt:
                unknown = self._ending.unknown(message=f"may be applied; then: {error}")
                self._ending.mark(unknown)
                raise unknown from error
            self._ending.mark(error)
            raise

    async def _run(self) -> Placed:
        await self._catch_up()
        rounds = 0
        while self._pending:
            if rounds:
                await self._pause(rounds)
            rounds += 1
            await self._round(self._batch())
        return Placed(self._ending.applied, self._replaced)

    async def _catch_up(self) -> None:
        """Starts from the newest values that this client knows of."""
        if self._gate.unsure or any(map(self._looks.is_needed_for, self._pending)):
            await self._looks.once()
        for edit in self._pending:
            edit.start(self._gate.newest.get(edit.name, Versioned()))
        await self._abort_what_is_behind()
        self._propose(self._pending)

    async def _abort_what_is_behind(self) -> None:
        behind = [
            edit
            for edit in self._pending
            if isinstance(edit.strategy, Abort) and edit.current.version != edit.base.version
        ]
        if not behind:
            return
        # What is remembered may be of before a restore, after which versions begin again: if a
        # read shows what the caller has, the server decides.
        found = await self._looks.once()
        for edit in behind:
            shown = found.get(edit.name, Versioned())
            if shown.version == edit.base.version:
                edit.current = shown
        self._ending.raise_conflict([e for e in behind if e.current.version != e.base.version])

    def _batch(self) -> list[Edit]:
        """The edits that travel together."""
        if self._lessons.refuses_whole is None:
            # The acceptance of several would not tell what became of one.
            return [edit for edit in self._pending if edit.doubt][:1] or self._pending
        if self._lessons.refuses_whole:
            return self._pending
        # A refusal does not tell which of several was applied, so what cannot be recognised in
        # what is found then travels alone.
        return [edit for edit in self._pending if edit.plain] or self._pending[:1]

    async def _round(self, batch: Sequence[Edit]) -> None:
        """One update, judged attribute by attribute."""
        try:
            reply = await self._write(batch)
        except UnknownOutcome as error:
            await self._settle(batch, error)
            return
        if reply.of_another:
            raise self._ending.unknown(batch, "the answer is of another entity")
        found, apart = await self._found(batch, reply)
        if not reply.accepted:
            self._tell(self._lessons.refused(batch, reply, found, apart))
        verdicts: dict[str, Verdict] = {}
        for edit in batch:
            evidence = self._evidence(edit, found[edit.name], batch, reply, apart)
            verdict = judge(edit, found[edit.name], evidence)
            if verdict is Verdict.ASK:
                verdict = await self._ask(edit, found[edit.name], evidence)
            verdicts[edit.name] = verdict
            if verdict is Verdict.AGAIN:
                unsure = edit.name in apart and not evidence.proves_not_applied
                edit.lost = evidence.lost or unsure
        self._gate.learn({e.name: found[e.name] for e in batch if e.name not in apart})
        self._gate.unsure = False
        self._conclude(batch, found, verdicts, reply)

    def _evidence(
        self,
        edit: Edit,
        found: Versioned[object],
        batch: Sequence[Edit],
        reply: Reply,
        apart: Iterable[str],
    ) -> Evidence:
        return Evidence(
            accepted=reply.accepted,
            alone=len(batch) == 1,
            lost=reply.lost or edit.lost or (edit.accepted and not reply.accepted),
            apart=edit.name in apart,
            again=edit.was_left_alone(found),
            refuses_conflicts=(
                False if reply.in_part else self._lessons.refuses_conflicts(edit.name)
            ),
            refuses_whole=self._lessons.refuses_whole,
            heeded=self._lessons.is_heeded(edit.name),
        )

    def _conclude(
        self,
        batch: Sequence[Edit],
        found: Found,
        verdicts: Mapping[str, Verdict],
        reply: Reply | None,
        error: UnknownOutcome | None = None,
    ) -> None:
        """Keeps what is done, prepares what is not, raises what cannot be.

        error: of a write that had no answer, and so no reply.
        """
        self._unjudged = ()
        of = {
            verdict: [edit for edit in batch if verdicts[edit.name] is verdict]
            for verdict in Verdict
        }
        accepted = reply is not None and reply.accepted
        for edit in of[Verdict.DONE]:
            self._keep(edit, found[edit.name], placed=accepted or reply is None)
        twice = [edit for edit in of[Verdict.MAYBE] if edit.doubt]  # it would tell no more
        for edit in of[Verdict.CONFLICT] + of[Verdict.AGAIN]:
            edit.compare(found[edit.name])
        for edit in of[Verdict.CONFLICT]:
            refused = reply is not None and not (accepted or reply.lost or edit.lost)
            if refused:
                edit.instead, edit.in_a_row = None, 0
            else:
                edit.take_for_another(found[edit.name])
            edit.lost = edit.accepted = False
        for edit in of[Verdict.MAYBE]:
            edit.doubt, edit.lost, edit.unforced = True, False, True
            edit.current = found[edit.name]
        for edit in batch:
            edit.found = found[edit.name]
        ended = of[Verdict.CONFLICT] + (of[Verdict.AGAIN] if accepted else [])
        rewritten = [e for e in of[Verdict.CONFLICT] if e.reshaped and not e.plain]
        doubtful = [edit for edit in ended if edit.doubt]
        if unknown := of[Verdict.UNKNOWN] + twice + rewritten + doubtful:
            raise self._ending.unknown(unknown, error=error)
        for edit in of[Verdict.CONFLICT]:
            self._met(edit, found[edit.name])
        self._ending.raise_conflict([e for e in of[Verdict.CONFLICT] if e.gives_up()])
        self._go_on(of[Verdict.AGAIN], found, reply, explained=bool(of[Verdict.CONFLICT]))
        self._pending = [edit for edit in self._pending if not edit.done]
        self._propose(of[Verdict.CONFLICT])

    def _keep(self, edit: Edit, seen: Versioned[object], *, placed: bool) -> None:
        edit.done = True
        self._ending.applied[edit.name] = seen
        if edit.sent != FORCED and edit.has_moved(seen):
            self._lessons.heeded(edit.name)
        if placed and (unseen := edit.unseen(seen)):
            self._replaced[edit.name] = unseen

    def _met(self, edit: Edit, seen: Versioned[object]) -> None:
        self._target.emit(Conflict(self._target.path, edit.name, edit.sent, seen.version))
        edit.conflicts += 1
        edit.current = seen
        edit.unforced = edit.unforced or edit.sent == FORCED

    def _go_on(
        self, again: Sequence[Edit], found: Found, reply: Reply | None, *, explained: bool
    ) -> None:
        for edit in again:
            if reply is None:
                edit.lost = False
            if found[edit.name].version is not None and not edit.has_moved(found[edit.name]):
                edit.current = found[edit.name]
            if reply is None or reply.accepted:
                edit.unforced = edit.unforced or edit.sent == FORCED
            if reply is not None and reply.accepted:
                # Unless another attribute explains it, at a server that accepts conflicts.
                edit.accepted = not explained or self._lessons.refuses_conflicts(edit.name) is True
            # Nothing explains why these were not applied.
            edit.left_alone += not explained and reply is not None
        if not (stuck := [edit for edit in again if edit.left_alone > 1]):
            return
        if reply is not None and reply.refusal is not None:
            raise self._ending.failed(reply.refusal)
        for edit in stuck:
            edit.accepted = False  # twice, and the answers show that nothing came of it
        self._ending.raise_conflict(stuck, reason="left alone by the server")

    async def _found(
        self, batch: Sequence[Edit], reply: Reply
    ) -> tuple[dict[str, Versioned[object]], frozenset[str]]:
        """The values after an update, and of which of them had to be read apart."""
        found = _shown(batch, reply)
        missing = [edit for edit in batch if edit.name not in found]
        if not missing:
            return found, frozenset()
        # A refusal that may be of another kind, and concerns what was sent as a whole.
        plain_refusal = (
            not (reply.accepted or reply.says_conflict or reply.lost)
            and not any(edit.lost for edit in batch)
            and (len(batch) == 1 or self._lessons.refuses_whole is True)
        )
        try:
            seen = await self._looks.after_answer(missing, patient=not plain_refusal)
        except CallError as error:
            if reply.refusal is not None and len(batch) == 1 and not reply.lost:
                raise self._ending.failed(reply.refusal) from error
            raise self._ending.unknown(
                batch, f"the answer does not show the values, and they cannot be read: {error}"
            ) from error
        moved = any(edit.is_news(seen.get(edit.name, Versioned())) for edit in missing)
        if len(batch) > 1 and self._lessons.refuses_whole is not True:
            # Of a value that was forced without knowing the version, nothing tells that it has not.
            moved = moved or any(e.sent == FORCED and e.current.version is None for e in missing)
        tells_nothing = not (reply.accepted or reply.says_conflict or reply.lost or found)
        if reply.refusal is not None and tells_nothing and not moved:
            raise self._ending.failed(reply.refusal)
        for edit in missing:
            found[edit.name] = seen.get(edit.name, Versioned())
        return found, frozenset(edit.name for edit in missing)

    async def _ask(self, edit: Edit, seen: Versioned[object], evidence: Evidence) -> Verdict:
        """Learns how this server answers a conflict, by a request that is certain to be one.

        Its version is one that the attribute has left behind, so it changes nothing.
        """
        if self._lessons.refuses_conflicts(edit.name) is None:
            outdated = _outdated(edit, seen)
            if outdated is None:
                return judge(edit, seen, evolve(evidence, refuses_conflicts=False))
            body = {edit.name: (edit.attribute.write(edit.mine), outdated)}
            try:
                reply = await self._target.write(body, safe=True)
            except CallError:
                return Verdict.UNKNOWN
            self._ending.attempts += reply.attempts
            shown = reply.found.get(edit.name, Versioned()).version
            if not (reply.accepted or reply.says_conflict or shown not in (None, outdated)):
                return Verdict.UNKNOWN
            self._tell(self._lessons.asked(edit.name, accepted=reply.accepted))
        refuses = self._lessons.refuses_conflicts(edit.name)
        return judge(edit, seen, evolve(evidence, refuses_conflicts=refuses))

    def _tell(self, lessons: Iterable[Lesson]) -> None:
        for attribute, fact in lessons:
            self._target.emit(Learned(self._target.path, attribute, fact))

    async def _settle(self, batch: Sequence[Edit], unknown: UnknownOutcome) -> None:
        """Looks what became of a write of which nothing is known.

        A request with versions can be applied only once and only at its version, so one look tells
        all that can be told. A version of -1 can be applied at any time until the horizon.
        """
        forced = [edit for edit in batch if edit.sent == FORCED]
        found, settled = await self._looks.until_settled(forced, unknown)
        if found is None:
            raise self._ending.unknown(batch, error=unknown)
        seen = {edit.name: found.get(edit.name, Versioned()) for edit in batch}
        evidence = Evidence(
            accepted=False, alone=len(batch) == 1, lost=True, apart=True, settled=settled
        )
        verdicts = {edit.name: judge(edit, seen[edit.name], evidence) for edit in batch}
        self._ending.attempts += unknown.attempts
        self._conclude(batch, seen, verdicts, None, unknown)
        self._gate.unsure = False

    async def _write(self, batch: Sequence[Edit]) -> Reply:
        for edit in batch:
            edit.sent = edit.version
        body = {edit.name: (edit.attribute.write(edit.mine), edit.sent) for edit in batch}
        unsure, self._gate.unsure = self._gate.unsure, True
        self._unjudged = batch
        try:
            reply = await self._target.write(body, safe=all(e.sent != FORCED for e in batch))
        except UnknownOutcome:
            raise
        except InvalidInput:
            self._unjudged, self._gate.unsure = (), unsure
            raise
        except CallError as error:
            self._gate.unsure = unsure
            if (failed := self._ending.failed(error)) is error:
                raise
            raise failed from error
        self._ending.attempts += reply.attempts
        return reply

    async def _pause(self, rounds: int) -> None:
        longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2**rounds)
        seconds = random.uniform(0, longest)  # noqa: S311 - jitter
        if anyio.current_time() + seconds >= self._target.until:
            self._ending.raise_conflict(self._pending, reason="the deadline came")
        self._target.emit(Wait("PUT", self._target.path, seconds, "conflict"))
        await anyio.sleep(seconds)

    def _propose(self, edits: Iterable[Edit]) -> None:
        for edit in edits:
            edit.propose()


def _shown(batch: Sequence[Edit], reply: Reply) -> dict[str, Versioned[object]]:
    """What an answer shows, without what may only repeat the request."""
    found = dict(reply.found)
    if any(found[edit.name].version != edit.sent for edit in batch if edit.name in found):
        return found
    repeated = {
        edit.name for edit in batch if edit.name in found and edit.is_repeated(found[edit.name])
    }
    return {name: one for name, one in found.items() if name not in repeated}


def _outdated(edit: Edit, seen: Versioned[object]) -> int | None:
    """A version that an attribute has left behind; None if none is known."""
    version = seen.version or 0
    if 0 <= edit.sent < version:
        return edit.sent
    return version - 1 if version else None
