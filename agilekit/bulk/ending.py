"""What ends a job before its last draft, and how much of it comes to its end all the same.

===============================  ===================================================================
what ended it                    what was taken
===============================  ===================================================================
`fail`: the input, a hook        comes to its end: is sent, sent again, settled
raised
`stop`: something blames the     what is on its way comes to its end, what was lost is settled;
job; ``on_error="stop"``         nothing is sent again
`end`: the caller's event; the   what is on its way comes to its end; nothing is settled
journal failed
cancellation                     nothing is waited for; answers that are here are recorded
===============================  ===================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

import anyio

from agilekit.bulk.report import BulkReport
from agilekit.errors import AgilekitError, BulkInterrupted, JournalError

__all__ = ["Ending", "raise_failure"]

T = TypeVar("T")


class Ending:
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
        self.is_at_once: bool = False
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

    def end(self) -> None:
        self.stopped = self.is_at_once = True
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
