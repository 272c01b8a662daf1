"""What ends a job, what of it is still waited for, and what it raises in the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio
import pytest

from agilekit import BulkInterrupted, BulkReport, Forbidden, JournalError, NotSent
from agilekit.bulk.shutdown import Shutdown, raise_failure, until_set
from agilekit.bulk.store import MemoryStore
from tests.bulk.shelf import Note, Shelf
from tests.virtual_time import in_virtual_time

Timed = Callable[[Callable[[], Awaitable[None]]], None]

SCOPES = ("job", "start", "read", "settle")
DOWN, CLOSED = NotSent("refused"), Forbidden("no", status=403)


@pytest.fixture
def timed(anyio_backend: str) -> Timed:
    return lambda main: in_virtual_time(anyio_backend, main)


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


@pytest.mark.anyio
async def test_at_first_nothing_ends() -> None:
    watched, shutdown = (one := Watched()), one.shutdown
    assert (shutdown.stopped, shutdown.takes_no_more, shutdown.is_immediate) == (
        False,
        False,
        False,
    )
    assert (shutdown.reason, shutdown.failure) == (None, None)
    assert (watched.told, watched.cancelled) == (0, set())


@pytest.mark.anyio
async def test_a_failure_takes_no_more_and_the_first_one_counts() -> None:
    watched, shutdown = (one := Watched()), one.shutdown
    first, second = ValueError("first"), ValueError("second")
    shutdown.fail(first)
    shutdown.fail(second)
    assert shutdown.failure is first
    assert (shutdown.stopped, shutdown.is_immediate) == (False, False)
    assert (watched.told, watched.cancelled) == (2, {"read"})


@pytest.mark.anyio
async def test_an_interrupt_of_the_program_cancels_the_job() -> None:
    watched, shutdown = (one := Watched()), one.shutdown
    shutdown.fail(ValueError("first"))
    shutdown.fail(interrupt := KeyboardInterrupt())
    assert shutdown.failure is not interrupt
    assert watched.cancelled == {"read", "job"}


@pytest.mark.anyio
async def test_a_reason_stops_it_and_the_first_one_counts() -> None:
    watched, shutdown = (one := Watched()), one.shutdown
    shutdown.stop(DOWN)
    shutdown.stop(CLOSED)
    assert (shutdown.stopped, shutdown.reason) == (True, DOWN)
    assert not shutdown.is_immediate
    assert shutdown.failure is None
    assert (watched.told, watched.cancelled) == (2, {"read"})


@pytest.mark.anyio
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


@pytest.mark.anyio
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


@pytest.mark.anyio
async def test_an_error_of_the_journal_is_raised_with_the_report() -> None:
    kept, error = report(), JournalError("full")
    with pytest.raises(JournalError) as caught:
        raise_failure(error, kept)
    assert caught.value is error
    assert error.report is kept


@pytest.mark.anyio
async def test_what_is_not_an_exception_is_raised_as_it_is() -> None:
    interrupt = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt) as caught:
        raise_failure(interrupt, report())
    assert caught.value is interrupt
    assert not hasattr(interrupt, "report")


# The caller's event.


class Event:
    """An event that cannot be awaited."""

    def __init__(self) -> None:
        self.asked = 0
        self.set_at = float("inf")

    def is_set(self) -> bool:
        self.asked += 1
        return anyio.current_time() >= self.set_at


class Waiting(Event):
    """One that can be, and that is never asked in vain."""

    def __init__(self, *, lies: bool = False) -> None:
        super().__init__()
        self.waited = 0
        self.lies = lies
        """Whether waiting ends before it is set."""

    async def wait(self) -> None:
        self.waited += 1
        if not self.lies:
            await anyio.sleep_until(self.set_at)


def test_an_event_is_noticed_a_tenth_of_a_second_later_at_most(timed: Timed) -> None:
    async def main() -> None:
        event = Event()
        event.set_at = 5.01
        await until_set(event)
        assert anyio.current_time() == pytest.approx(5.1)
        assert 50 <= event.asked <= 53

    timed(main)


def test_one_that_can_be_awaited_is(timed: Timed) -> None:
    async def main() -> None:
        event = Waiting()
        event.set_at = 5.01
        await until_set(event)
        assert anyio.current_time() == pytest.approx(5.01)
        assert event.asked <= 2

    timed(main)


def test_one_that_is_set_is_not_awaited(timed: Timed) -> None:
    async def main() -> None:
        event = Waiting()
        event.set_at = 0
        await until_set(event)
        assert (event.waited, anyio.current_time()) == (0, 0)

    timed(main)


def test_one_whose_waiting_ends_too_early_is_asked_all_the_same(timed: Timed) -> None:
    async def main() -> None:
        event = Waiting(lies=True)
        event.set_at = 5.01
        await until_set(event)
        assert anyio.current_time() == pytest.approx(5.1)

    timed(main)
