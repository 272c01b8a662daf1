"""Whether what a hook was told is well formed: each begin has one end, and things lie within each
other as they should.
"""

from __future__ import annotations

from collections.abc import Sequence

from agilekit.events import (
    Attempt,
    AttemptStarted,
    CallEnded,
    CallStarted,
    EditEnded,
    EditStarted,
    Event,
    JobEnded,
    JobStarted,
)

__all__ = ["check_pairs"]


def check_pairs(told: Sequence[Event]) -> None:
    """Fails if an end is missing, comes twice or without a begin, or if something happens outside
    of the call, edit or job that it says it is of.
    """
    open_: dict[str, type[object]] = {}
    begun: set[str] = set()
    attempts: dict[str, int] = {}
    for event in told:
        match event:
            case CallStarted() | EditStarted() | JobStarted():
                id = _id(event)
                assert id not in begun, event
                begun.add(id)
                open_[id] = type(event)
                _check_within(event, id, open_)
            case CallEnded() | EditEnded() | JobEnded():
                assert open_.pop(_id(event)).__name__ == type(event).__name__.replace(
                    "Ended", "Started"
                )
                assert event.seconds >= 0
            case AttemptStarted():
                assert event.call_id in open_
                assert event.call_id not in attempts, event
                attempts[event.call_id] = event.number
            case Attempt():
                assert event.call_id is not None
                assert attempts.pop(event.call_id) == event.number
            case _:
                _check_within(event, "", open_)
    assert open_ == {}
    assert attempts == {}


def _id(event: Event) -> str:
    match event:
        case EditStarted() | EditEnded():
            id = event.edit_id
        case JobStarted() | JobEnded():
            id = event.job_id
        case _:
            id = event.call_id
    assert id is not None, event
    return id


def _check_within(event: Event, id: str, open_: dict[str, type[object]]) -> None:
    for above in (event.call_id, event.edit_id, event.job_id):
        assert above in (None, id) or above in open_, event
