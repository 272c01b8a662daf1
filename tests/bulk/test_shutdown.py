"""What ends a job, what of it is still waited for, and what it raises in the end."""

from __future__ import annotations

import anyio
import pytest

from agilekit import BulkInterrupted, BulkReport, Forbidden, JournalError, NotSent
from agilekit.bulk.shutdown import Shutdown, raise_failure
from agilekit.bulk.store import MemoryStore
from tests.bulk.shelf import Note, Shelf

pytestmark = pytest.mark.anyio

SCOPES = ("job", "start", "read", "settle")
DOWN, CLOSED = NotSent("refused"), Forbidden("no", status=403)


class Watched:
    """A shutdown, and how often it said that the job ends somewhat sooner."""

    def __init__(self) -> None:
        self.told = 0
        self.shutdown = Shutdown(self._tell)

    def _tell(self) -> None:
        assert self.shutdown.takes_no_more
        self.told += 1

    @property
    def cancelled(self) -> set[str]:
        scopes: dict[str, anyio.CancelScope] = {
            name: getattr(self.shutdown, f"{name}_scope") for name in SCOPES
        }
        return {name for name, scope in scopes.items() if scope.cancel_called}


async def test_at_first_nothing_ends() -> None:
    watched, shutdown = (one := Watched()), one.shutdown
    assert (shutdown.stopped, shutdown.takes_no_more, shutdown.is_immediate) == (
        False,
        False,
        False,
    )
    assert (shutdown.reason, shutdown.failure) == (None, None)
    assert (watched.told, watched.cancelled) == (0, set())


async def test_a_failure_takes_no_more_and_the_first_one_counts() -> None:
    watched, shutdown = (one := Watched()), one.shutdown
    first, second = ValueError("first"), ValueError("second")
    shutdown.fail(first)
    shutdown.fail(second)
    assert shutdown.failure is first
    assert (shutdown.stopped, shutdown.is_immediate) == (False, False)
    assert (watched.told, watched.cancelled) == (2, {"read"})


async def test_an_interrupt_of_the_program_cancels_the_job() -> None:
    watched, shutdown = (one := Watched()), one.shutdown
    shutdown.fail(ValueError("first"))
    shutdown.fail(interrupt := KeyboardInterrupt())
    assert shutdown.failure is not interrupt
    assert watched.cancelled == {"read", "job"}


async def test_a_reason_stops_it_and_the_first_one_counts() -> None:
    watched, shutdown = (one := Watched()), one.shutdown
    shutdown.stop(DOWN)
    shutdown.stop(CLOSED)
    assert (shutdown.stopped, shutdown.reason) == (True, DOWN)
    assert not shutdown.is_immediate
    assert shutdown.failure is None
    assert (watched.told, watched.cancelled) == (2, {"read"})


async def test_what_ends_it_at_once_does_not_wait_for_settling() -> None:
    watched, shutdown = (one := Watched()), one.shutdown
    shutdown.end_now()
    assert shutdown.stopped
    assert shutdown.is_immediate
    assert (shutdown.reason, shutdown.failure) == (None, None)
    assert (watched.told, watched.cancelled) == (1, {"read", "settle", "start"})
    shutdown.stop(DOWN)
    assert shutdown.reason is None


def report() -> BulkReport[Note]:
    return BulkReport(MemoryStore(Shelf().kind().spec).outcomes())


@pytest.mark.parametrize(
    ("error", "why"), [(ValueError("no more"), "ValueError: no more"), (OSError(), "OSError")]
)
async def test_an_exception_is_the_cause_of_the_interruption(error: Exception, why: str) -> None:
    kept = report()
    with pytest.raises(BulkInterrupted) as caught:
        raise_failure(error, kept)
    assert caught.value.__cause__ is error
    assert caught.value.report is kept
    assert str(caught.value) == f"the job was ended by {why} ({kept})"


async def test_an_error_of_the_journal_is_raised_with_the_report() -> None:
    kept, error = report(), JournalError("full")
    with pytest.raises(JournalError) as caught:
        raise_failure(error, kept)
    assert caught.value is error
    assert error.report is kept


async def test_what_is_not_an_exception_is_raised_as_it_is() -> None:
    interrupt = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt) as caught:
        raise_failure(interrupt, report())
    assert caught.value is interrupt
    assert not hasattr(interrupt, "report")
