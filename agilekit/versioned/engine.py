"""The edit loop: one update from its first request to its end.

It starts from the newest values that this client knows, sends what is still to be done, finds out
from the answer, or by a read, what became of each attribute, and goes round again. What comes next
for an attribute is decided by the tables of `decision`:

========  ==========================================================================================
DONE      it is kept as applied, and is not sent again
AGAIN     the same value is sent again; not applied twice, it ends in the refusal, if there was one,
          or in VersionConflict
CONFLICT  its strategy makes the value anew from the one that was found, or gives up with
          VersionConflict
MAYBE     it is sent once more, with the version that was found; a second MAYBE is UnknownOutcome
UNKNOWN   UnknownOutcome, with what was sent and what was found
ASK       the server is asked how it answers a conflict; then it is decided once more
========  ==========================================================================================

Any error that leaves the loop says what was applied before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from attrs import evolve, frozen

from agilekit.errors import CallError, InvalidInput, UnknownOutcome
from agilekit.events import Conflict, Learned, Wait
from agilekit.session.retry import Backoff
from agilekit.versioned.decision import Decision, Evidence, decide
from agilekit.versioned.edit import FORCED, Edit
from agilekit.versioned.entity import EntityReads, EntityState
from agilekit.versioned.facts import LearnedFact, ServerFacts
from agilekit.versioned.outcome import EditOutcome
from agilekit.versioned.strategies import Abort, Versioned
from agilekit.versioned.target import Reply, Target

__all__ = ["Applied", "EditRun"]

_BACKOFF: Final = Backoff(first=0.02, longest=1.0)  # seconds

Found: TypeAlias = Mapping[str, Versioned[object]]


@frozen
class Applied:
    """What became of an update that came to its end."""

    values: Found
    """The attributes as the server holds them now."""
    replaced: Found
    """What was replaced that the caller had not read; without a version if that is not known."""


class EditRun:
    """One update from its first request to its end, while it holds the lock of its entity."""

    def __init__(
        self, facts: ServerFacts, entity: EntityState, target: Target, pending: list[Edit]
    ) -> None:
        self._facts = facts
        self._entity = entity
        self._target = target
        self._pending = pending
        self._replaced: dict[str, Versioned[object]] = {}
        self._undecided: Sequence[Edit] = ()
        """What has been sent, and is not decided yet."""
        self._outcome = EditOutcome(target.path, tuple(pending))
        self._reads = EntityReads(entity, target, frozenset(edit.name for edit in pending))

    async def run(self) -> Applied:
        try:
            return await self._run()
        except CallError as error:
            self._outcome.mark(error)
            raise
        except Exception as error:  # invalid input, or what a hook or the caller's function raises
            for edit in self._undecided:
                edit.in_doubt = True
            if isinstance(error, InvalidInput) and self._outcome.is_in_doubt:
                unknown = self._outcome.unknown(message=f"may be applied; then: {error}")
                self._outcome.mark(unknown)
                raise unknown from error
            self._outcome.mark(error)
            raise

    async def _run(self) -> Applied:
        await self._catch_up()
        rounds = 0
        while self._pending:
            if rounds:
                await self._pause(rounds)
            rounds += 1
            await self._round(self._batch())
        return Applied(self._outcome.applied, self._replaced)

    async def _catch_up(self) -> None:
        """Starts from the newest values that this client knows of."""
        if self._entity.unsure or any(map(self._reads.is_needed_for, self._pending)):
            await self._reads.once()
        for edit in self._pending:
            edit.start(self._entity.newest.get(edit.name, Versioned()))
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
        found = await self._reads.once()
        for edit in behind:
            shown = found.get(edit.name, Versioned())
            if shown.version == edit.base.version:
                edit.current = shown
        self._outcome.raise_conflict([e for e in behind if e.current.version != e.base.version])

    def _batch(self) -> list[Edit]:
        """The edits that travel together."""
        if self._facts.refuses_whole is None:
            # The acceptance of several would not tell what became of one.
            return [edit for edit in self._pending if edit.in_doubt][:1] or self._pending
        if self._facts.refuses_whole:
            return self._pending
        # A refusal does not tell which of several was applied, so what cannot be recognised in
        # what is found then travels alone.
        return [edit for edit in self._pending if edit.plain] or self._pending[:1]

    async def _round(self, batch: Sequence[Edit]) -> None:
        """One update, decided attribute by attribute."""
        try:
            reply = await self._write(batch)
        except UnknownOutcome as error:
            await self._settle(batch, error)
            return
        if reply.of_another:
            raise self._outcome.unknown(batch, "the answer is of another entity")
        found, apart = await self._found(batch, reply)
        if not reply.accepted:
            self._tell(self._facts.refused(batch, reply, found, apart))
        decisions: dict[str, Decision] = {}
        for edit in batch:
            evidence = self._evidence(edit, found[edit.name], batch, reply, apart)
            decision = decide(edit, found[edit.name], evidence)
            if decision is Decision.ASK:
                decision = await self._ask(edit, found[edit.name], evidence)
            decisions[edit.name] = decision
            if decision is Decision.AGAIN:
                unsure = edit.name in apart and not evidence.proves_not_applied
                edit.lost = evidence.lost or unsure
        self._entity.learn({e.name: found[e.name] for e in batch if e.name not in apart})
        self._entity.unsure = False
        self._conclude(batch, found, decisions, reply)

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
            again=edit.was_ignored(found),
            refuses_conflicts=(
                False if reply.in_part else self._facts.refuses_conflicts(edit.name)
            ),
            refuses_whole=self._facts.refuses_whole,
            heeded=self._facts.is_heeded(edit.name),
        )

    def _conclude(
        self,
        batch: Sequence[Edit],
        found: Found,
        decisions: Mapping[str, Decision],
        reply: Reply | None,
        error: UnknownOutcome | None = None,
    ) -> None:
        """Keeps what is done, raises what cannot go on, and prepares the rest for the next round.

        reply, error: of a write that had no answer, there is only the error.
        """
        self._undecided = ()
        of = {
            decision: [edit for edit in batch if decisions[edit.name] is decision]
            for decision in Decision
        }
        conflicts, again, maybe = of[Decision.CONFLICT], of[Decision.AGAIN], of[Decision.MAYBE]
        accepted = reply is not None and reply.accepted
        for edit in of[Decision.DONE]:
            self._keep(edit, found[edit.name], by_this=accepted or reply is None)
        twice = [edit for edit in maybe if edit.in_doubt]  # a third send would tell no more
        for edit in conflicts + again:
            edit.compare(found[edit.name])
        for edit in conflicts:
            refused = reply is not None and not (accepted or reply.lost or edit.lost)
            edit.note_conflict(found[edit.name], proved=refused)
        for edit in maybe:
            edit.note_doubt(found[edit.name])
        for edit in batch:
            edit.found = found[edit.name]
        # A send that was in doubt stays so, whatever becomes of the one after it.
        ended = conflicts + (again if accepted else [])
        doubtful = [edit for edit in ended if edit.in_doubt]
        # A computed value that the server rewrites would be taken for a conflict for ever.
        rewritten = [edit for edit in conflicts if edit.may_be_rewritten and not edit.plain]
        if unknown := of[Decision.UNKNOWN] + twice + rewritten + doubtful:
            raise self._outcome.unknown(unknown, error=error)
        for edit in conflicts:
            self._count_conflict(edit, found[edit.name])
        self._outcome.raise_conflict([edit for edit in conflicts if edit.gives_up()])
        self._prepare_again(again, found, reply, explained=bool(conflicts))
        self._pending = [edit for edit in self._pending if not edit.done]
        self._propose(conflicts)

    def _keep(self, edit: Edit, seen: Versioned[object], *, by_this: bool) -> None:
        """
        by_this: whether it was this update that put the value in place, and not an earlier one.
        """
        edit.done = True
        self._outcome.applied[edit.name] = seen
        if edit.sent != FORCED and edit.has_moved(seen):
            self._facts.heeded(edit.name)
        if by_this and (unseen := edit.unseen(seen)):
            self._replaced[edit.name] = unseen

    def _count_conflict(self, edit: Edit, seen: Versioned[object]) -> None:
        path, teller = self._target.path, self._target.teller
        teller.tell(Conflict(path, edit.name, edit.sent, seen.version, context=teller.context))
        edit.conflicts += 1
        edit.current = seen
        edit.force_is_spent = edit.force_is_spent or edit.sent == FORCED

    def _prepare_again(
        self, again: Sequence[Edit], found: Found, reply: Reply | None, *, explained: bool
    ) -> None:
        """What was not applied, and is not stale, is sent again once; then the server ignores it.

        explained: whether a conflict of another attribute explains why it was not applied.
        """
        for edit in again:
            if reply is None:
                edit.lost = False  # the read has told that it was not applied
            if found[edit.name].version is not None and not edit.has_moved(found[edit.name]):
                edit.current = found[edit.name]
            if reply is None or reply.accepted:
                edit.force_is_spent = edit.force_is_spent or edit.sent == FORCED
            if reply is not None and reply.accepted:
                # A server that accepts conflicts may have taken the conflict for the whole update.
                edit.accepted = not explained or self._facts.refuses_conflicts(edit.name) is True
            edit.times_ignored += not explained and reply is not None
        if not (stuck := [edit for edit in again if edit.times_ignored > 1]):
            return
        if reply is not None and reply.refusal is not None:
            raise self._outcome.failed(reply.refusal)
        for edit in stuck:
            edit.accepted = False  # twice, and the answers show that nothing came of it
        self._outcome.raise_conflict(stuck, reason="accepted but not applied by the server")

    async def _found(
        self, batch: Sequence[Edit], reply: Reply
    ) -> tuple[dict[str, Versioned[object]], frozenset[str]]:
        """The values after an update, and the names of those that had to be read apart."""
        found = _shown(batch, reply)
        missing = [edit for edit in batch if edit.name not in found]
        if not missing:
            return found, frozenset()
        # Such a refusal need not be a conflict, and says of everything that it was not applied.
        plain_refusal = (
            not (reply.accepted or reply.says_conflict or reply.lost)
            and not any(edit.lost for edit in batch)
            and (len(batch) == 1 or self._facts.refuses_whole is True)
        )
        try:
            seen = await self._reads.after_answer(missing, patient=not plain_refusal)
        except CallError as error:
            if reply.refusal is not None and len(batch) == 1 and not reply.lost:
                raise self._outcome.failed(reply.refusal) from error
            raise self._outcome.unknown(
                batch, f"the answer does not show the values, and they cannot be read: {error}"
            ) from error
        moved = any(edit.is_news(seen.get(edit.name, Versioned())) for edit in missing)
        if len(batch) > 1 and self._facts.refuses_whole is not True:
            # Of a value that was forced without knowing the version, nothing tells that it has not.
            moved = moved or any(e.sent == FORCED and e.current.version is None for e in missing)
        tells_nothing = not (reply.accepted or reply.says_conflict or reply.lost or found)
        if reply.refusal is not None and tells_nothing and not moved:
            raise self._outcome.failed(reply.refusal)
        for edit in missing:
            found[edit.name] = seen.get(edit.name, Versioned())
        return found, frozenset(edit.name for edit in missing)

    async def _ask(self, edit: Edit, seen: Versioned[object], evidence: Evidence) -> Decision:
        """Finds out how this server answers a conflict, by a request that is certain to be one.

        Its version is one that the attribute has left behind, so it changes nothing.
        """
        if self._facts.refuses_conflicts(edit.name) is None:
            outdated = _outdated(edit, seen)
            if outdated is None:  # it cannot be asked: an acceptance then proves least
                return decide(edit, seen, evolve(evidence, refuses_conflicts=False))
            body = {edit.name: (edit.attribute.write(edit.mine), outdated)}
            try:
                reply = await self._target.write(body, safe=True)
            except CallError:
                return Decision.UNKNOWN
            self._outcome.attempts += reply.attempts
            shown = reply.found.get(edit.name, Versioned()).version
            if not (reply.accepted or reply.says_conflict or shown not in (None, outdated)):
                return Decision.UNKNOWN  # refused for another reason than the version
            self._tell(self._facts.asked(edit.name, accepted=reply.accepted))
        refuses = self._facts.refuses_conflicts(edit.name)
        return decide(edit, seen, evolve(evidence, refuses_conflicts=refuses))

    def _tell(self, facts: Iterable[LearnedFact]) -> None:
        path, teller = self._target.path, self._target.teller
        for attribute, fact in facts:
            teller.tell(Learned(path, attribute, fact, context=teller.context))

    async def _settle(self, batch: Sequence[Edit], unknown: UnknownOutcome) -> None:
        """Reads what became of a write that had no answer.

        A request with versions can be applied only once and only at its version, so one read tells
        all that can be told. A version of -1 can be applied at any time until the horizon.
        """
        forced = [edit for edit in batch if edit.sent == FORCED]
        found, settled = await self._reads.until_settled(forced, unknown)
        if found is None:
            raise self._outcome.unknown(batch, error=unknown)
        seen = {edit.name: found.get(edit.name, Versioned()) for edit in batch}
        evidence = Evidence(
            accepted=False, alone=len(batch) == 1, lost=True, apart=True, settled=settled
        )
        decisions = {edit.name: decide(edit, seen[edit.name], evidence) for edit in batch}
        self._outcome.attempts += unknown.attempts
        self._conclude(batch, seen, decisions, None, unknown)
        self._entity.unsure = False

    async def _write(self, batch: Sequence[Edit]) -> Reply:
        for edit in batch:
            edit.sent = edit.version
        body = {edit.name: (edit.attribute.write(edit.mine), edit.sent) for edit in batch}
        unsure, self._entity.unsure = self._entity.unsure, True
        self._undecided = batch
        try:
            # The same value with the same version can be applied only once; with -1, twice.
            reply = await self._target.write(body, safe=all(e.sent != FORCED for e in batch))
        except UnknownOutcome:
            raise
        except InvalidInput:  # nothing was sent
            self._undecided, self._entity.unsure = (), unsure
            raise
        except CallError as error:  # certainly not applied
            self._entity.unsure = unsure
            if (failed := self._outcome.failed(error)) is error:
                raise
            raise failed from error
        self._outcome.attempts += reply.attempts
        return reply

    async def _pause(self, rounds: int) -> None:
        def on_wait(seconds: float) -> None:
            path, teller = self._target.path, self._target.teller
            teller.tell(Wait("PUT", path, seconds, "conflict", context=teller.context))

        if not await _BACKOFF.sleep(rounds, deadline=self._target.deadline, on_wait=on_wait):
            self._outcome.raise_conflict(self._pending, reason="the deadline passed")

    def _propose(self, edits: Iterable[Edit]) -> None:
        for edit in edits:
            edit.propose()


def _shown(batch: Sequence[Edit], reply: Reply) -> dict[str, Versioned[object]]:
    """What an answer shows, without what may only repeat the request."""
    found = dict(reply.found)
    if any(found[edit.name].version != edit.sent for edit in batch if edit.name in found):
        return found  # an answer that repeats the request repeats every version
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
