"""A hook that logs what matters of the events, one line each, with fields beside the line.

========  ==========================================================================================
ERROR     an outcome that is unknown, of a call, an edit or a job: somebody has to look
WARNING   a call or an edit that failed, a job that did not create everything, a look that could not
          read: the program has an error to handle, or a report to read
INFO      waits, retries, conflicts, looks, resends, the failed calls of an edit or a job, and that
          a job begins and ends: the library goes on by itself, and it explains where time went
DEBUG     that calls and edits end, or were cancelled, batches, what was learned of a server
========  ==========================================================================================

The fields are attributes of the record, so that a formatter for JSON writes them as they are:
texts, numbers, flags, lists of these, or None. Each begins with ``agilekit_``. Every record has
``event``, the name of its class, ``service``, ``host``, ``route``, ``call_id``, ``edit_id`` and
``job_id``; the others are the fields of the event under their own names.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Final, TypeAlias, cast

from attrs import fields, frozen

from agilekit.events.model import (
    Attempt,
    CallEnded,
    Conflict,
    EditEnded,
    Event,
    JobEnded,
    JobLook,
    JobResend,
    JobRound,
    JobStarted,
    Learned,
    Wait,
)

__all__ = ["Log", "log"]

_Line: TypeAlias = tuple[int, str]
"""The level and the words."""

_NAME: Final = "agilekit"
_PREFIX: Final = "agilekit_"
_CANCELLED: Final = "cancelled"
_OF_ALL: Final = ("service", "host", "route", "call_id", "edit_id", "job_id")


@frozen
class Log:
    """A hook that writes into a logger."""

    logger: logging.Logger

    def __call__(self, event: Event) -> None:
        line = _line(event)
        if line is not None and self.logger.isEnabledFor(line[0]):
            self.logger.log(line[0], "%s", _one_line(line[1]), extra=dict(_fields(event)))


def log(logger: logging.Logger | str | None = None) -> Log:
    """A hook that logs retries, waits, conflicts, unknown outcomes, calls that failed, and jobs;
    at the level DEBUG also the end of each call.

    logger: or its name; ``agilekit`` if none is given.

    No line and no field holds a secret or a query.
    """
    found = logging.getLogger(logger or _NAME) if isinstance(logger, str | None) else logger
    return Log(found)


def _one_line(text: str) -> str:
    """What a server says may be several lines, and orders to a terminal."""
    line = " ".join(text.splitlines())
    if line.isprintable():
        return line
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in line)


def _line(event: Event) -> _Line | None:
    """None for what is not logged: another event tells the same."""
    match event:
        case Wait():
            return logging.INFO, _wait(event)
        case CallEnded():
            return _call(event)
        case Conflict():
            return logging.INFO, (
                f"{event.path}: {event.attribute} was changed by somebody else: "
                f"sent version {event.sent_version}, now {event.current_version}"
            )
        case Learned():
            named = f"{event.attribute}: " if event.attribute else ""
            return logging.DEBUG, f"{event.path}: {named}the server {event.fact}"
        case EditEnded():
            return _edit(event)
        case JobStarted() | JobRound() | JobLook() | JobResend() | JobEnded():
            return _job(event)
        case _:
            return None


def _wait(event: Wait) -> str:
    call = f"{event.method} {event.path}"
    if event.after is not None:
        failed = f"attempt {event.after.number} came to {event.after}"
        return f"{call}: {failed}; the next one is in {event.seconds:.3g} s"
    return f"{call}: waits {event.seconds:.3g} s ({event.reason})"


def _call(event: CallEnded) -> _Line:
    call = f"{event.method} {event.path}"
    if event.error is None:
        sent = "" if event.attempts == 1 else f", {event.attempts} attempts"
        return logging.DEBUG, f"{call}: {event.status} in {event.seconds:.3g} s{sent}"
    is_part = event.edit_id is not None or event.job_id is not None
    level = _level(event)
    # The edit or the job finds out what came of it, and tells that.
    return min(level, logging.INFO) if is_part else level, _failed(call, event.path, event)


def _edit(event: EditEnded) -> _Line:
    edit = f"the edit of {event.path} ({', '.join(event.attributes)})"
    if event.error is None:
        return logging.DEBUG, f"{edit}: done in {event.seconds:.3g} s"
    return _level(event), _failed(edit, event.path, event)


def _level(event: CallEnded | EditEnded) -> int:
    if event.error_type == _CANCELLED:
        return logging.DEBUG
    return logging.ERROR if event.is_unknown else logging.WARNING


def _failed(what: str, path: str, event: CallEnded | EditEnded) -> str:
    if event.error_type == _CANCELLED:
        return f"{what}: cancelled after {event.seconds:.3g} s"
    error = f"{event.error_type}: {event.error}"
    return error if path in error else f"{what}: {error}"  # the library's own name the call


def _job(event: JobStarted | JobRound | JobLook | JobResend | JobEnded) -> _Line:
    job = f"creating {event.kind} (job {event.job_id})"
    match event:
        case JobStarted():
            return logging.INFO, f"{job}: begins"
        case JobRound():
            again = f", {event.resent} of them again" if event.resent else ""
            return logging.DEBUG, f"{job}: sends {event.drafts} drafts{again}"
        case JobLook(error=None):
            return logging.INFO, (
                f"{job}: looked for {event.drafts} lost drafts: {event.created} are created, "
                f"{event.resent} are sent again, {event.unsettled} are still looked for"
            )
        case JobLook():
            return logging.WARNING, (
                f"{job}: cannot look for {event.drafts} lost drafts: "
                f"{event.error_type}: {event.error}"
            )
        case JobResend():
            count = len(event.positions)
            return logging.INFO, f"{job}: sends {count} drafts again ({event.reason})"
        case JobEnded():
            return _job_end(job, event)


def _job_end(job: str, event: JobEnded) -> _Line:
    level = logging.WARNING if event.refused or event.error else logging.INFO
    why = f"; ended by {event.error_type}: {event.error}" if event.error else ""
    if event.error_type == _CANCELLED:
        why = "; it was cancelled"
    return logging.ERROR if event.unknown else level, (
        f"{job}: ended after {event.seconds:.3g} s with {event.created} created, "
        f"{event.refused} refused, {event.unknown} unknown{why}"
    )


def _fields(event: Event) -> Iterator[tuple[str, object]]:
    yield f"{_PREFIX}event", type(event).__name__
    for name in _OF_ALL:
        yield f"{_PREFIX}{name}", getattr(event, name)
    for one in fields(type(event)):
        if one.name != "context":
            yield f"{_PREFIX}{one.name}", _plain(getattr(event, one.name))


def _plain(value: object) -> object:
    match value:
        case tuple():
            return [*cast("tuple[object, ...]", value)]
        case datetime():
            return value.isoformat()
        case Attempt():
            return str(value)
        case _:
            return value
