"""What ends a job before its last draft, and how much of it comes to its end all the same.

===============================  ===================================================================
what ended it                    what was taken
===============================  ===================================================================
`fail`: the input, a hook        comes to its end: is sent, sent again, settled
raised
`stop`: something blames the     what is on its way comes to its end, what was lost is settled;
job; ``on_error="stop"``         nothing is sent again
`end_now`: the caller's event; the   what is on its way comes to its end; nothing is settled
journal failed
cancellation                     nothing is waited for; answers that are here are recorded
===============================  ===================================================================
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Final, NoReturn, Protocol, TypeVar, cast

import anyio

from agilekit.bulk.report import BulkReport
from agilekit.errors import AgilekitError, BulkInterrupted, JournalError

__all__ = ["Shutdown", "StopEvent", "raise_failure", "until_set"]

T = TypeVar("T")

_LOOK_EVERY: Final = 0.1  # seconds


class StopEvent(Protocol):
    """An event of any kind: of anyio, asyncio, trio or threading, or an object of one's own."""

    def is_set(self) -> bool: ...


class _Awaitable(Protocol):
    def wait(self) -> Awaitable[object]: ...


async def until_set(event: StopEvent) -> None:
    """Returns when the event is set; where it cannot be awaited, at most 0.1 s later."""
    if iscoroutinefunction(getattr(event, "wait", None)) and not event.is_set():
        await cast("_Awaitable", event).wait()
    while not event.is_set():  # noqa: ASYNC110 - it may be set by a thread
        await anyio.sleep(_LOOK_EVERY)


class Shutdown:
    """Whether and why a job ends, and the scopes of what it does not wait for then."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """
        changed: is called whenever the job ends somewhat sooner.
        """
        self._changed = changed
        self.stopped: bool = False
        self.reason: AgilekitError | None = None
        self.failure: BaseException | None = None
        """The caller's own exception, or the journal's."""
        self.takes_no_more: bool = False
        self.is_immediate: bool = False
        """Whether nothing but what is on its way is waited for."""
        self.job: anyio.CancelScope = anyio.CancelScope()
        self.beginning: anyio.CancelScope = anyio.CancelScope()
        self.reading: anyio.CancelScope = anyio.CancelScope()
        """Of the present read of the input."""
        self.settling: anyio.CancelScope = anyio.CancelScope()

    def fail(self, error: BaseException) -> None:
        if self.failure is None:
            self.failure = error
        if not isinstance(error, Exception):  # such as KeyboardInterrupt
            self.job.cancel()
        self._take_no_more()

    def stop(self, reason: AgilekitError) -> None:
        if not self.stopped:
            self.stopped, self.reason = True, reason
        self._take_no_more()

    def end_now(self) -> None:
        self.stopped = self.is_immediate = True
        self.beginning.cancel()
        self.settling.cancel()
        self._take_no_more()

    def _take_no_more(self) -> None:
        self.takes_no_more = True
        self.reading.cancel()
        self._changed()


def raise_failure(failure: BaseException, report: BulkReport[T]) -> NoReturn:
    """Raises what ended a job, with its report."""
    if isinstance(failure, JournalError):
        failure.report = report
    if isinstance(failure, JournalError) or not isinstance(failure, Exception):
        raise failure
    why = f"{type(failure).__name__}: {failure}".removesuffix(": ")
    raise BulkInterrupted(f"the job was ended by {why} ({report})", report=report) from failure
