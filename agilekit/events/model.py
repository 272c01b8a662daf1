"""The events: what a hook is told of calls, attempts, waits, edits and jobs.

==========  ===========================  ==================================================
what        begins with                  ends with
==========  ===========================  ==================================================
a call      `CallStarted`                `CallEnded`
an attempt  `AttemptStarted`             `Attempt`
an edit     `EditStarted`                `EditEnded`
a job       `JobStarted`                 `JobEnded`
==========  ===========================  ==================================================

Each end comes exactly once, whatever ends the thing, and in the task in which it began. The other
events are of one moment: `Wait` in a call or an edit, `Conflict` and `Learned` in an edit,
`JobRound`, `JobLook` and `JobResend` in a job.

The hook is called in the task that does the work, between two steps of it, so it should return
quickly. An error that it raises ends the call and reaches the caller unchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal, TypeAlias

from attrs import field, frozen

__all__ = [
    "Attempt",
    "AttemptStarted",
    "CallEnded",
    "CallStarted",
    "Conflict",
    "EditEnded",
    "EditStarted",
    "Event",
    "EventContext",
    "EventHook",
    "Fact",
    "JobEnded",
    "JobLook",
    "JobResend",
    "JobRound",
    "JobStarted",
    "Learned",
    "Wait",
]


@frozen
class EventContext:
    """Of what an event is: the same object for all events of one call."""

    service: str = ""
    """``"flyingdonut"``, ``"flow"``, ``"easybacklog"`` or ``"kanbantool"``."""
    host: str = ""
    """The host, with the port if it is not the usual one."""
    route: str | None = None
    """The documented path, with the names of the ids in braces in place of ids; None for a path
    that the caller wrote."""
    call_id: str | None = None
    """Of one call, with all its attempts; None for what is not of a single call."""
    edit_id: str | None = None
    """Of the edit that the call is a part of."""
    job_id: str | None = None
    """Of the run of a creation in bulk that the call is a part of."""


_UNKNOWN: Final = EventContext()
_UNKNOWN_OUTCOMES: Final = ("UnknownOutcome", "UnknownAfterServerError")


@frozen
class _Event:
    """What all events have in common."""

    context: EventContext = field(default=_UNKNOWN, kw_only=True, repr=False)
    """Of what the event is."""

    @property
    def service(self) -> str:
        """``"flyingdonut"``, ``"flow"``, ``"easybacklog"`` or ``"kanbantool"``."""
        return self.context.service

    @property
    def host(self) -> str:
        """The host, with the port if it is not the usual one."""
        return self.context.host

    @property
    def route(self) -> str | None:
        """The documented path, with names in place of ids; None for one that the caller wrote."""
        return self.context.route

    @property
    def call_id(self) -> str | None:
        """Of the call."""
        return self.context.call_id

    @property
    def edit_id(self) -> str | None:
        """Of the edit, if it is of one."""
        return self.context.edit_id

    @property
    def job_id(self) -> str | None:
        """Of the run of a job, if it is of one."""
        return self.context.job_id


@frozen
class CallStarted(_Event):
    """A call begins. What it waits for and sends follows."""

    method: str
    path: str
    """The path below the host, without the query."""


@frozen
class CallEnded(_Event):
    """A call ended, with a result or without."""

    method: str
    path: str
    """The path below the host, without the query."""
    seconds: float
    """With all attempts and waits."""
    attempts: int
    """How many were sent."""
    status: int | None
    """The status of the last attempt's answer; None if there is none."""
    error: str | None
    """What the call raised; None if it raised nothing."""
    error_type: str | None
    """The name of its class; ``"cancelled"`` for a call that was cancelled."""

    @property
    def is_unknown(self) -> bool:
        """Whether it ended because nothing tells if what it wrote was made. If it was cancelled, or
        a hook ended it, its last `Attempt` tells whether that may have been made.
        """
        return self.error_type in _UNKNOWN_OUTCOMES


@frozen
class AttemptStarted(_Event):
    """A request is about to leave."""

    method: str
    """As it is sent: another than that of the call if the client overrides methods."""
    path: str
    """The path below the host, without the query."""
    number: int
    """Counted from 1 within the call."""
    url: str
    """Without the query and without what must not show."""
    url_template: str | None
    """The path below the host with names in place of ids, whole; None if no template is known."""
    headers: dict[str, str] = field(factory=dict[str, str], repr=False)
    """Header fields that the hook adds to this attempt, such as ``traceparent``. They go only to
    the scheme, host and port of the base URL. InvalidInput ends the call if one of them is a field
    that the request has already, or cannot be sent."""


@frozen
class Attempt(_Event):
    """One request, as it ended. The errors of a call carry the list of its attempts."""

    method: str
    path: str
    """The path below the host, without the query."""
    number: int
    """Counted from 1 within the call."""
    seconds: float
    """From the moment the connection was taken to the end of the answer."""
    status: int | None
    """The status of the answer; None if none came."""
    error: str | None
    """Why no answer came; None if one did."""
    maybe_received: bool
    """Whether the server may have acted on the request."""
    sent_at: datetime | None = None
    """When it left, in UTC by the wall clock; None if it certainly was not received."""
    error_type: str | None = None
    """In one word why no answer came: ``"NotSent"``, ``"ConnectionLost"``, ``"AnswerTooLarge"``,
    ``"timeout"``, ``"cancelled"``, or the class of what a hook or a transport raised."""

    def __str__(self) -> str:
        return self.error or str(self.status)


@frozen
class Wait(_Event):
    """A pause that a call is about to make."""

    method: str
    path: str
    seconds: float
    reason: Literal["retry", "budget", "pace", "conflict", "settle"]
    """What it waits for: the server to recover, retries that may be made, its turn, the next
    attempt of an edit, or a server that may still be at work on one."""
    after: Attempt | None = None
    """The attempt that a retry repeats."""


@frozen
class EditStarted(_Event):
    """An edit begins: an update with versions, of however many calls."""

    path: str
    attributes: tuple[str, ...]
    """What it changes."""


@frozen
class EditEnded(_Event):
    """An edit ended."""

    path: str
    attributes: tuple[str, ...]
    """What it was to change."""
    seconds: float
    """With its wait for other edits of the same entity."""
    error: str | None
    """What it raised; None if every change is in place."""
    error_type: str | None
    """The name of its class; ``"cancelled"`` if it was cancelled."""

    @property
    def is_unknown(self) -> bool:
        """Whether it ended because nothing tells if what it wrote was made. If it was cancelled, or
        a hook ended it, its last `Attempt` tells whether that may have been made.
        """
        return self.error_type in _UNKNOWN_OUTCOMES


@frozen
class Conflict(_Event):
    """An attribute whose version had moved on when an update arrived."""

    path: str
    attribute: str
    sent_version: int
    current_version: int | None


Fact: TypeAlias = Literal[
    "refuses conflicts",
    "accepts conflicts",
    "refuses whole updates",
    "applies attribute by attribute",
]


@frozen
class Learned(_Event):
    """What an answer has shown of this server for the first time; the client remembers it."""

    path: str
    attribute: str | None
    """The attribute that it is known of; None for the server as a whole."""
    fact: Fact
    """Whether the status of an update that meets a conflict is a refusal or a success, and whether
    a refusal concerns every attribute of an update or only those that were stale."""


@frozen
class JobStarted(_Event):
    """A run of a creation in bulk begins."""

    kind: str
    """What it creates, in the plural: ``"cards"``."""


@frozen
class JobRound(_Event):
    """One batch of drafts is about to be sent."""

    kind: str
    number: int
    """Counted from 1 within the run."""
    drafts: int
    resent: int
    """How many of the drafts were sent before."""


@frozen
class JobLook(_Event):
    """The service was searched for drafts that were sent without a clear answer."""

    kind: str
    number: int
    """Counted from 1 within the run."""
    seconds: float
    drafts: int
    """How many it looked for."""
    created: int
    """How many of these turned out to be created."""
    resent: int
    """How many created nothing, and are sent again."""
    unsettled: int
    """How many are looked for once more."""
    error: str | None
    """Why the service could not be read; None if it could."""
    error_type: str | None
    """The name of the class of that error."""


@frozen
class JobResend(_Event):
    """Drafts that have created nothing so far are to be sent again."""

    kind: str
    positions: tuple[int, ...]
    """Theirs in the input, counted from 0."""
    reason: Literal["missing", "refused"]
    """Whether they were looked for and are not there, or were refused by a server that stores
    nothing of a batch that it refuses. What was refused is sent again in smaller batches."""


@frozen
class JobEnded(_Event):
    """A run of a creation in bulk ended. The counts are those of its report."""

    kind: str
    seconds: float
    created: int
    refused: int
    unknown: int
    error: str | None
    """What ended it before its time: the reason in its report, or what it raised."""
    error_type: str | None
    """The name of the class of that error; ``"cancelled"`` if it was cancelled."""


Event: TypeAlias = (
    CallStarted
    | AttemptStarted
    | Attempt
    | Wait
    | CallEnded
    | EditStarted
    | Conflict
    | Learned
    | EditEnded
    | JobStarted
    | JobRound
    | JobLook
    | JobResend
    | JobEnded
)
EventHook: TypeAlias = Callable[[Event], object]
