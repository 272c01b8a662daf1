"""Outcomes and errors as a journal keeps them, each in a row, and how they are made of it again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from os import PathLike
from typing import Any, Final, Generic, TypeVar, cast

from agilekit import errors
from agilekit.bulk.journal import Row, Snapshot, State, damaged
from agilekit.bulk.report import (
    Created,
    Draft,
    Outcome,
    OutcomeKind,
    PossibleDuplicate,
    Refused,
    Unknown,
)
from agilekit.bulk.store import as_text
from agilekit.errors import AgilekitError, ApiError, CallError, UnknownOutcome
from agilekit.wire.decode import Malformed
from agilekit.wire.json import JSON
from agilekit.wire.route import Decode

__all__ = [
    "DUPLICATES",
    "STATES",
    "JournalOutcomes",
    "duplicates_as_text",
    "duplicates_of",
    "error_as_text",
    "open_outcomes",
    "outcome_of",
]

T = TypeVar("T")

DUPLICATES: Final = "possible duplicates"
"""The name under which the possible duplicates are noted: part of the format."""
STATES: Final[Mapping[OutcomeKind, Sequence[State]]] = {
    "created": (State.CREATED,),
    "refused": (State.REFUSED, State.UNSENT),
    "unknown": (State.UNKNOWN, State.SENT),
}


def open_outcomes(path: str | PathLike[str], load: Decode[Any] | None) -> JournalOutcomes[Any]:
    """The outcomes in a journal; without `load`, the items are mappings."""
    return JournalOutcomes(Snapshot.open(path), _mapping if load is None else load)


def _mapping(data: JSON) -> Mapping[str, JSON]:
    if not isinstance(data, dict):
        raise TypeError("its item is not a mapping")
    return data


class JournalOutcomes(Generic[T]):
    """The outcomes in a journal that is read without its job.

    What is on its way is of unknown outcome.
    """

    def __init__(self, snapshot: Snapshot, load: Decode[T]) -> None:
        """Raises JournalError if the journal is damaged.

        load: makes an item of its plain data.
        """
        self._snapshot = snapshot
        self._load = load
        self._duplicates = duplicates_of(snapshot.contents.values, snapshot.path)

    def count(self, kind: OutcomeKind) -> int:
        return sum(self._snapshot.contents.counts.get(state, 0) for state in STATES[kind])

    def read(self, kind: OutcomeKind | None = None) -> Iterator[Outcome[T]]:
        for row in self._snapshot.rows(() if kind is None else STATES[kind]):
            yield outcome_of(row, self._load, self._snapshot.path)

    def possible_duplicates(self) -> tuple[PossibleDuplicate, ...]:
        return self._duplicates


def outcome_of(row: Row, load: Decode[T], path: str) -> Outcome[T]:
    """The outcome of a row in the journal of a path. Raises JournalError for a damaged one.

    load: makes an item of its plain data.
    """
    try:
        return _outcome(row, load)
    except Malformed:
        why = "its item cannot be read"  # not quoted: an item may hold anything
    except (ValueError, TypeError) as error:
        why = str(error)
    raise damaged(path, why, position=row.position)


def _outcome(row: Row, load: Decode[T]) -> Outcome[T]:
    draft = cast("Draft", json.loads(row.draft))
    result: JSON = None if row.result is None else json.loads(row.result)
    if row.state is State.CREATED:
        unstored = tuple(map(str, json.loads(row.unstored or "[]")))
        return Created(row.position, draft, load(result), unstored)
    unknown = row.state in STATES["unknown"]
    return (Unknown if unknown else Refused)(row.position, draft, _error_of(result))


def error_as_text(error: AgilekitError) -> str:
    data: dict[str, object] = {"error": type(error).__name__, "message": str(error)}
    if isinstance(error, CallError):
        data |= {"message": error.message, "method": error.method, "path": error.path}
    if isinstance(error, ApiError | errors.UnknownAfterServerError):
        data["status"] = error.status
    elif isinstance(error, UnknownOutcome):
        data["evidence"] = dict(error.evidence)
    if isinstance(error, UnknownOutcome) and error.sent_at is not None:
        data["sent_at"] = error.sent_at.isoformat()
    return as_text(data)


def _error_of(data: JSON) -> AgilekitError:
    """The error as far as a journal holds it: without its attempts."""
    if not isinstance(data, dict):
        return UnknownOutcome("it was sent, and the journal holds no answer")
    given: dict[str, object] = {
        name: value for name, value in data.items() if name not in ("error", "message")
    }
    if "sent_at" in data:
        given["sent_at"] = datetime.fromisoformat(str(data["sent_at"]))
    cls = getattr(errors, str(data.get("error")), AgilekitError)
    return cast("AgilekitError", cls(str(data.get("message")), **given))


def duplicates_as_text(found: Sequence[PossibleDuplicate]) -> str:
    return as_text([(one.position, one.item_id) for one in found])


def duplicates_of(values: Mapping[str, str], path: str) -> tuple[PossibleDuplicate, ...]:
    """Those that the notes of a job hold. Raises JournalError if they are damaged."""
    try:
        found = json.loads(values.get(DUPLICATES, "[]"))
        return tuple(PossibleDuplicate(int(position), str(key)) for position, key in found)
    except (ValueError, TypeError) as error:
        raise damaged(path, error) from None
