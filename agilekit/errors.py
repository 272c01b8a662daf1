"""Every error of the library::

    AgilekitError
    ├── InvalidInput (ValueError)           the call was wrong; nothing was sent
    ├── JournalError                        the journal of a bulk job cannot be used
    ├── BulkInterrupted                     the caller's own exception ended a bulk job: report
    └── CallError                           a call went wrong: method, path, attempts
        ├── NotSent (ConnectionError)       no request left
        ├── ConnectionLost (ConnectionError)  a read got no answer
        ├── DeadlineExceeded (TimeoutError) the call's deadline passed
        ├── DecodeError (ValueError)        the answer cannot be understood
        │   └── AnswerTooLarge              it is larger than `largest_body`
        ├── ApiError                        the server refused: status, message, body
        │   ├── BadRequest                  400
        │   ├── Unauthorized                401
        │   ├── Forbidden                   403
        │   ├── NotFound (LookupError)      404
        │   ├── Conflicted                  409 and 412
        │   ├── Unprocessable               422
        │   ├── RateLimited                 429
        │   ├── Redirected                  3xx that is not followed
        │   └── ServerError                 5xx
        ├── PagesShifted                    a listing changed too fast to be read
        ├── VersionConflict                 an update found other versions: conflicts, applied
        └── UnknownOutcome                  a write may have been made, or not
            └── UnknownAfterServerError (ServerError)

Beside these, only cancellation and what the caller's own functions raise can leave a call. What
they raise in a bulk job leaves it as the cause of BulkInterrupted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, cast

from attrs import field, frozen

from agilekit.events import Attempt

__all__ = [
    "AgilekitError",
    "AnswerTooLarge",
    "AnyReport",
    "AnyVersioned",
    "ApiError",
    "BadRequest",
    "BulkInterrupted",
    "CallError",
    "ConflictDetail",
    "Conflicted",
    "ConnectionLost",
    "DeadlineExceeded",
    "DecodeError",
    "Forbidden",
    "InvalidInput",
    "JournalError",
    "NotFound",
    "NotSent",
    "PagesShifted",
    "RateLimited",
    "Redirected",
    "ServerError",
    "Unauthorized",
    "UnknownAfterServerError",
    "UnknownDetail",
    "UnknownOutcome",
    "Unprocessable",
    "VersionConflict",
]

T = TypeVar("T")

_Plain: TypeAlias = "str | Sequence[_Plain] | Mapping[str, _Plain] | None"
"""A body, as far as errors are looked for in it."""


class AnyVersioned(Protocol):
    """An attribute of any type as an error holds it: a `Versioned`."""

    @property
    def value(self) -> Any:
        """The value; its type depends on the attribute."""
        ...

    @property
    def version(self) -> int | None:
        """The number of changes that it has seen."""
        ...


class AnyReport(Protocol):
    """The report of a job that creates anything, as an error holds it: a `BulkReport`."""

    @property
    def created(self) -> Sequence[Any]:
        """The drafts that became items, each a `Created`; its item depends on the job."""
        ...

    @property
    def refused(self) -> Sequence[Any]:
        """The drafts that became nothing, each a `Refused`."""
        ...

    @property
    def unknown(self) -> Sequence[Any]:
        """The drafts that were sent and of which nothing tells, each an `Unknown`."""
        ...

    @property
    def items(self) -> Sequence[Any]:
        """The items that were created."""
        ...

    @property
    def possible_duplicates(self) -> Sequence[Any]:
        """What may be there twice, each a `PossibleDuplicate`."""
        ...

    @property
    def stopped(self) -> bool:
        """Whether the job ended with drafts left."""
        ...

    @property
    def reason(self) -> AgilekitError | None:
        """Why it did, if an error is the reason."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Each outcome, in the order of the input."""
        ...

    def __len__(self) -> int:
        """How many drafts have an outcome."""
        ...


class AgilekitError(Exception):
    """The base of every error that the library raises."""

    applied: Mapping[str, AnyVersioned] = MappingProxyType({})
    """By attribute: what an update did place beyond doubt before it ended with this error."""


class InvalidInput(AgilekitError, ValueError):
    """An argument that cannot be right. Nothing was sent."""


class JournalError(AgilekitError):
    """The journal of a bulk job cannot be used: it is in use, damaged, or of another job; the input
    has changed; or the disk is full. What it does not hold was not sent.
    """

    report: AnyReport | None = None
    """If it ended a job that had begun: what is certain of it, the `BulkReport`. Its outcomes
    are read from the journal when they are asked for, as far as that can be read."""


class BulkInterrupted(AgilekitError):
    """A bulk job was ended by an exception of the caller's own: that of the drafts, or of a hook.

    The requests that were under way have ended. The exception is its ``__cause__``.
    """

    def __init__(self, message: str, *, report: AnyReport) -> None:
        super().__init__(message)
        self.report: AnyReport = report
        """What became of the drafts that were taken: the `BulkReport`."""

    def __reduce__(self) -> tuple[object, ...]:
        return partial(type(self), report=self.report), self.args, vars(self)


class CallError(AgilekitError):
    """A call that did not come to its end."""

    def __init__(
        self,
        message: str,
        *,
        method: str = "",
        path: str = "",
        attempts: Sequence[Attempt] = (),
    ) -> None:
        super().__init__(message)
        self.message: str = message
        """What went wrong; for a refusal, the server's own words."""
        self.method: str = method
        """The documented HTTP method of the call."""
        self.path: str = path
        """The path of the call below the host, without the query."""
        self.attempts: tuple[Attempt, ...] = tuple(attempts)
        """The requests that were made, oldest first."""

    def __str__(self) -> str:
        call = f"{self.method} {self.path}: " if self.path else ""
        return f"{call}{self.message}{self._history()}"

    def _history(self) -> str:
        if len(self.attempts) < 2:
            return ""
        spent = sum(attempt.seconds for attempt in self.attempts)
        alike = [(step, len(list(group))) for step, group in groupby(map(str, self.attempts))]
        steps = ", ".join(step if count == 1 else f"{count} x {step}" for step, count in alike)
        return f" [{len(self.attempts)} attempts, {spent:.2f} s: {steps}]"


class NotSent(CallError, ConnectionError):
    """No request reached the server: nothing was changed."""


class ConnectionLost(CallError, ConnectionError):
    """A read was sent and no complete answer came, however often it was tried."""


class DeadlineExceeded(CallError, TimeoutError):
    """The call's ``deadline`` passed before it could end. Nothing was changed."""


class DecodeError(CallError, ValueError):
    """An answer that is not what the documents describe."""


class AnswerTooLarge(DecodeError):
    """A read whose answer has more bytes than the client's ``largest_body``. It was not read to its
    end, and would be as large the next time.
    """


class PagesShifted(CallError):
    """The pages of a listing changed faster than they could be read without a gap."""


class ApiError(CallError):
    """The server refused the call."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        body: object = None,
        method: str = "",
        path: str = "",
        attempts: Sequence[Attempt] = (),
    ) -> None:
        super().__init__(message, method=method, path=path, attempts=attempts)
        self.status: int = status
        """The HTTP status."""
        self.body: object = body
        """The answer's body as plain data, or as text if it is not that; None if it is empty."""

    @property
    def errors(self) -> tuple[str, ...]:
        """What the server finds wrong, each by itself, if it says so in a list or by field."""
        body = cast("_Plain", self.body)
        return tuple(_sentences(body.get("errors"))) if isinstance(body, Mapping) else ()

    def __str__(self) -> str:
        call = f"{self.method} {self.path}: " if self.path else ""
        return f"{call}{self.status} {self.message}{self._history()}"


class BadRequest(ApiError):
    """400"""


class Unauthorized(ApiError):
    """401: the credential is missing or wrong."""


class Forbidden(ApiError):
    """403: the credential does not open this resource, or the resource does not exist."""


class NotFound(ApiError, LookupError):
    """404"""


class Conflicted(ApiError):
    """409 or 412, if the answer is not a conflict of versions."""


class Unprocessable(ApiError):
    """422: the server found the values invalid."""


class RateLimited(ApiError):
    """429, still after every retry."""


class Redirected(ApiError):
    """A redirect that is not followed: of a write, or to where no answer of the service is."""


class ServerError(ApiError):
    """5xx"""


@frozen
class ConflictDetail(Generic[T]):
    """One attribute of a `VersionConflict`."""

    base: T
    """The attribute as the caller had read it; without a value if only a version was given."""
    mine: Any
    """The value that the caller wanted."""
    theirs: T
    """The attribute as the server holds it."""
    reason: str = field(default="changed by somebody else")


@frozen
class UnknownDetail(Generic[T]):
    """One attribute of an update whose outcome is unknown."""

    base: T
    """The attribute as the caller had read it; without a value if only a version was given."""
    mine: Any
    """The value that was sent last."""
    sent_version: int
    """The version that it was sent with; -1 forces."""
    found: T
    """The attribute as the server showed it last; without a version if it could not be read."""


class VersionConflict(CallError):
    """An update could not be placed: other versions were found, or the server left a value alone.

    What `conflicts` lists was certainly not changed by this update; what `applied` lists was, all
    the same.
    """

    def __init__(
        self,
        message: str,
        *,
        conflicts: Mapping[str, ConflictDetail[AnyVersioned]] | None = None,
        applied: Mapping[str, AnyVersioned] | None = None,
        method: str = "",
        path: str = "",
        attempts: Sequence[Attempt] = (),
    ) -> None:
        super().__init__(message, method=method, path=path, attempts=attempts)
        self.conflicts: Mapping[str, ConflictDetail[AnyVersioned]] = dict(conflicts or {})
        """By attribute: base, mine and theirs."""
        self.applied: Mapping[str, AnyVersioned] = dict(applied or {})


class UnknownOutcome(CallError):
    """A write was sent, and nothing tells whether it was made. It was not sent again blindly."""

    def __init__(
        self,
        message: str,
        *,
        evidence: Mapping[str, object] | None = None,
        details: Mapping[str, UnknownDetail[AnyVersioned]] | None = None,
        applied: Mapping[str, AnyVersioned] | None = None,
        sent_at: datetime | None = None,
        method: str = "",
        path: str = "",
        attempts: Sequence[Attempt] = (),
    ) -> None:
        super().__init__(message, method=method, path=path, attempts=attempts)
        self.evidence: Mapping[str, object] = dict(evidence or {})
        """What was found when looking: by attribute, for an update, what the server holds."""
        self.details: Mapping[str, UnknownDetail[AnyVersioned]] = dict(details or {})
        """By attribute, for an update: base, mine, the version sent, and what was found."""
        self.applied: Mapping[str, AnyVersioned] = dict(applied or {})
        self.sent_at: datetime | None = sent_at or _last_sent(self.attempts)
        """When the last request left that may have been received, in UTC by the wall clock; None
        if that is not known. The server may be at work on it for a while from then."""


class UnknownAfterServerError(UnknownOutcome, ServerError):
    """A write was answered with 5xx: it may have been made before the server failed."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        body: object = None,
        sent_at: datetime | None = None,
        method: str = "",
        path: str = "",
        attempts: Sequence[Attempt] = (),
    ) -> None:
        super().__init__(message, sent_at=sent_at, method=method, path=path, attempts=attempts)
        self.status: int = status
        self.body: object = body


def _sentences(errors: _Plain, field: str = "") -> Iterator[str]:
    """``{"name": ["is too long"]}`` -> ``name is too long``"""
    if isinstance(errors, str):
        yield f"{field} {errors}".strip()
    elif isinstance(errors, Mapping):
        for name, inner in errors.items():
            yield from _sentences(inner, f"{field} {name}".strip())
    elif isinstance(errors, Sequence):
        for one in errors:
            yield from _sentences(one, field)


def _last_sent(attempts: Sequence[Attempt]) -> datetime | None:
    times = [one.sent_at for one in attempts if one.maybe_received and one.sent_at is not None]
    return times[-1] if times else None
