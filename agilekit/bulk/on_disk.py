"""A job's drafts, kept in its journal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from os import PathLike
from time import time
from typing import Final, Generic, TypeVar, cast

import anyio
from attrs import evolve

from agilekit import errors, journal
from agilekit.bulk.keeping import End, Known, Sent, as_text
from agilekit.bulk.report import (
    Created,
    Draft,
    Outcome,
    OutcomeKind,
    Outcomes,
    PossibleDuplicate,
    Refused,
    Unknown,
)
from agilekit.bulk.spec import CreateSpec, Creation
from agilekit.errors import AgilekitError, ApiError, CallError, JournalError, UnknownOutcome
from agilekit.journal import Journal, Row, State
from agilekit.wire.convert import Malformed
from agilekit.wire.json import JSON

__all__ = ["OnDisk"]

T = TypeVar("T")

_DUPLICATES: Final = "possible duplicates"


class OnDisk(Generic[T]):
    """Keeps a job's drafts in its journal."""

    def __init__(self, spec: CreateSpec[T], journal: Journal) -> None:
        self._spec = spec
        self._journal = journal
        self._duplicates = _duplicates(journal)
        self._ended = False
        # The clock on the wall may be set while the job runs.
        self._opened_at, self._opened = time(), anyio.current_time()

    @classmethod
    async def open(cls, creation: Creation[T], path: str | PathLike[str]) -> OnDisk[T]:
        """Raises JournalError where the journal cannot be used."""
        return cls(creation.spec, await Journal.open(path, creation.container_key))

    async def aclose(self) -> None:
        self._ended = True
        await self._journal.aclose()

    def value(self, name: str) -> str | None:
        return self._journal.values.get(name)

    async def note(self, name: str, value: str) -> None:
        await self._journal.note(name, value)

    async def note_duplicates(self, found: Sequence[PossibleDuplicate]) -> None:
        with anyio.CancelScope(shield=True):
            await self.note(_DUPLICATES, as_text([(one.position, one.item_id) for one in found]))
        self._duplicates = tuple(found)

    async def known(self, drafts: Sequence[Sent]) -> dict[int, Known]:
        if not drafts:
            return {}
        rows = await self._journal.find(drafts[0].position, drafts[-1].position)
        known: dict[int, Known] = {}
        for sent in drafts:
            row = rows.get(sent.position)
            # A draft of which nothing came may have been mended since.
            if row is None:
                continue
            if row.state is State.UNSENT:
                known[sent.position] = Known("again", row.sent_at)
                continue
            if row.hash != sent.hash:
                if row.state is State.REFUSED:
                    continue
                raise JournalError(
                    f"draft {sent.position} is not the one that {self._journal.path} holds: "
                    "the input has changed"
                )
            if row.state in (State.CREATED, State.REFUSED):
                known[sent.position] = Known("certain")
            else:
                known[sent.position] = self._lost(row)
        return known

    def _lost(self, row: Row) -> Known:
        """What was under way. If its time cannot be right, it counts as sent at the opening."""
        at = self._opened_at if row.sent_at is None else min(row.sent_at, self._opened_at)
        open_for = anyio.current_time() - self._opened
        return Known("lost", at, self._opened_at - at + open_for)

    async def ended(self, count: int) -> None:
        beyond = await self._journal.beyond(count - 1)
        if beyond is not None:
            raise JournalError(
                f"the input ends after {count} drafts, but {self._journal.path} holds draft "
                f"{beyond}: the input has changed"
            )

    async def intend(self, drafts: Sequence[Sent]) -> None:
        now = self._opened_at + anyio.current_time() - self._opened
        for sent in drafts:
            sent.sent_at = now
        await self._journal.put([_sent(sent, State.SENT) for sent in drafts])

    async def record(self, ends: Sequence[End[T]]) -> None:
        with anyio.CancelScope(shield=True):  # what is known by now must not be forgotten
            await self._journal.put([self._row(end) for end in ends])

    def leave(self, _: Sequence[End[T]]) -> None:
        return  # the journal holds them as sent

    async def owns(self, item_ids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for start in range(0, len(item_ids), _AT_ONCE):
            found |= await self._journal.owns(item_ids[start : start + _AT_ONCE])
        return found

    async def created(self, most: int, *, below: int | None = None) -> Sequence[Created[T]]:
        rows = await self._journal.last(State.CREATED, most, below=below)
        outcomes = [self._read(row) for row in rows]
        return [one for one in outcomes if isinstance(one, Created)]

    def outcomes(self) -> Outcomes[T]:
        return self

    def possible_duplicates(self) -> tuple[PossibleDuplicate, ...]:
        return self._duplicates

    def count(self, kind: OutcomeKind) -> int:
        # What is under way is of unknown outcome only once the job has ended.
        states = [state for state in _STATES[kind] if self._ended or state is not State.SENT]
        return sum(self._journal.counts[state] for state in states)

    def read(self, kind: OutcomeKind | None = None) -> Iterator[Outcome[T]]:
        for row in journal.read(self._journal.path, [] if kind is None else _STATES[kind]):
            yield self._read(row)

    def _read(self, row: Row) -> Outcome[T]:
        try:
            return self._outcome(row)
        except Malformed:
            why = "its item cannot be read"  # not quoted: an item may hold anything
        except (ValueError, TypeError) as error:
            why = str(error)
        raise JournalError(
            f"the journal {self._journal.path} holds draft {row.position} damaged: {why}"
        )

    def _row(self, end: End[T]) -> Row:
        sent, outcome = end.sent, end.outcome
        row = _sent(sent, State.UNKNOWN)
        if isinstance(outcome, Created):
            item = self._spec.dump(outcome.item)
            key = self._spec.item_key(outcome.item)
            return evolve(
                row,
                state=State.CREATED,
                item_id=key,
                result=as_text(item),
                unstored=as_text(outcome.unstored) if outcome.unstored else None,
            )
        result = as_text(_error_as_data(outcome.error))
        if isinstance(outcome, Unknown):
            return evolve(row, result=result)
        state = State.REFUSED if end.final else State.UNSENT
        return evolve(
            row, state=state, result=result, sent_at=sent.sent_at if sent.doubted else None
        )

    def _outcome(self, row: Row) -> Outcome[T]:
        draft = cast("Draft", json.loads(row.draft))
        result: JSON = None if row.result is None else json.loads(row.result)
        if row.state is State.CREATED:
            unstored = tuple(map(str, json.loads(row.unstored or "[]")))
            return Created(row.position, draft, self._spec.load(result), unstored)
        error = _error_of_data(result)
        unknown = row.state in _STATES["unknown"]
        return (Unknown if unknown else Refused)(row.position, draft, error)


def _sent(sent: Sent, state: State) -> Row:
    return Row(sent.position, sent.hash, state, as_text(sent.draft), sent_at=sent.sent_at)


def _duplicates(journal: Journal) -> tuple[PossibleDuplicate, ...]:
    try:
        found = json.loads(journal.values.get(_DUPLICATES, "[]"))
        return tuple(PossibleDuplicate(int(position), str(key)) for position, key in found)
    except (ValueError, TypeError) as error:
        raise JournalError(f"the journal {journal.path} is damaged: {error}") from None


_AT_ONCE: Final = 500
_STATES: Final[Mapping[OutcomeKind, Sequence[State]]] = {
    "created": (State.CREATED,),
    "refused": (State.REFUSED, State.UNSENT),
    "unknown": (State.UNKNOWN, State.SENT),
}


def _error_as_data(error: AgilekitError) -> Mapping[str, object]:
    data: dict[str, object] = {"error": type(error).__name__, "message": str(error)}
    if isinstance(error, CallError):
        data |= {"message": error.message, "method": error.method, "path": error.path}
    if isinstance(error, ApiError | errors.UnknownAfterServerError):
        data["status"] = error.status
    elif isinstance(error, UnknownOutcome):
        data["evidence"] = dict(error.evidence)
    if isinstance(error, UnknownOutcome) and error.sent_at is not None:
        data["sent_at"] = error.sent_at.isoformat()
    return data


def _error_of_data(data: JSON) -> AgilekitError:
    """The error as far as a journal holds it: without its attempts."""
    if not isinstance(data, dict):
        return UnknownOutcome("the job ended before it was known what became of it")
    given: dict[str, object] = {
        name: value for name, value in data.items() if name not in ("error", "message")
    }
    if "sent_at" in data:
        given["sent_at"] = datetime.fromisoformat(str(data["sent_at"]))
    cls = getattr(errors, str(data.get("error")), AgilekitError)
    return cast("AgilekitError", cls(str(data.get("message")), **given))
