"""What ends a job before its last draft, and what is still done of it then.

No further draft is taken from the input in any case. Of those that were taken:

====================================  ==============================================================
what ended the job                    what is still done
====================================  ==============================================================
`fail`: the input or a hook raised    everything: they are sent, sent again, and settled
`stop`: something that is no draft's  requests on their way are answered, and what was lost is
fault; ``on_error="stop"``            settled; nothing is sent again
`end_now`: the caller's event; the    requests on their way are answered; nothing is settled
journal failed
cancellation                          answers that have arrived are recorded
====================================  ==============================================================
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
    """An event of any kind: of anyio, asyncio, trio or threading, or an object of your own."""

    def is_set(self) -> bool: ...


class _Awaitable(Protocol):
    def wait(self) -> Awaitable[object]: ...


async def until_set(event: StopEvent) -> None:
    """Returns when the event is set; if it cannot be awaited, at most 0.1 s later."""
    if iscoroutinefunction(getattr(event, "wait", None)) and not event.is_set():
        await cast("_Awaitable", event).wait()
    while not event.is_set():  # noqa: ASYNC110 - it may be set by a thread
        await anyio.sleep(_LOOK_EVERY)


class Shutdown:
    """Whether and why a job ends, and the scopes of what it does not wait for then."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        """
        on_change: is called whenever the job is to end sooner than before.
        """
        self._on_change = on_change
        self.stopped: bool = False
        self.reason: AgilekitError | None = None
        self.failure: BaseException | None = None
        """The caller's own exception, or the journal's."""
        self.takes_no_more: bool = False
        self.is_immediate: bool = False
        """Whether only the requests on their way are waited for."""
        # What is not waited for any more: the job, its start, the present read of the input, and
        # the search for what was lost.
        self.job_scope: anyio.CancelScope = anyio.CancelScope()
        self.start_scope: anyio.CancelScope = anyio.CancelScope()
        self.read_scope: anyio.CancelScope = anyio.CancelScope()
        self.settle_scope: anyio.CancelScope = anyio.CancelScope()

    def fail(self, error: BaseException) -> None:
        if self.failure is None:
            self.failure = error
        if not isinstance(error, Exception):  # such as KeyboardInterrupt: the program has to end
            self.job_scope.cancel()
        self._take_no_more()

    def stop(self, reason: AgilekitError) -> None:
        if not self.stopped:
            self.stopped, self.reason = True, reason
        self._take_no_more()

    def end_now(self) -> None:
        self.stopped = self.is_immediate = True
        self.start_scope.cancel()
        self.settle_scope.cancel()
        self._take_no_more()

    def _take_no_more(self) -> None:
        self.takes_no_more = True
        self.read_scope.cancel()
        self._on_change()


def raise_failure(failure: BaseException, report: BulkReport[T]) -> NoReturn:
    """Raises what ended a job, with its report: the caller's own error as a cause."""
    if isinstance(failure, JournalError):
        failure.report = report
    if isinstance(failure, JournalError) or not isinstance(failure, Exception):
        raise failure
    why = f"{type(failure).__name__}: {failure}".removesuffix(": ")
    raise BulkInterrupted(f"the job was ended by {why} ({report})", report=report) from failure
