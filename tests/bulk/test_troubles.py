"""Which failures end a job, after how many, and how long it pauses between them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import anyio
import pytest
from attrs import evolve

from agilekit import BadRequest, Forbidden, NotFound, RateLimited, ServerError, Unauthorized
from agilekit.bulk.stopping import Troubles, is_down, until_set, watched
from agilekit.errors import (
    CallError,
    ConnectionLost,
    DeadlineExceeded,
    NotSent,
    Redirected,
    UnknownAfterServerError,
    UnknownOutcome,
    Unprocessable,
)
from tests.bulk.shelf import Note, Shelf
from tests.ids import short
from tests.virtual_time import in_virtual_time

Timed = Callable[[Callable[[], Awaitable[None]]], None]

DOWN: Final = NotSent("refused")
FORBIDDEN: Final = Forbidden("no", status=403)


@pytest.fixture
def timed(anyio_backend: str) -> Timed:
    return lambda main: in_virtual_time(anyio_backend, main)


async def fails(troubles: Troubles, error: CallError, *, times: int = 1) -> bool:
    """Whether the job stops at the last of so many failures, one after the other."""
    stops = [troubles.stops(error, began=anyio.current_time()) for _ in range(times)]
    assert not any(stops[:-1])
    return stops[-1]


@pytest.mark.parametrize(
    "error", [Unauthorized("no", status=401), Redirected("there", status=301)], ids=short
)
def test_some_stop_it_at_once_whatever_was_created(timed: Timed, error: CallError) -> None:
    async def main() -> None:
        troubles = Troubles()
        assert await fails(troubles, error)
        troubles.created()
        await anyio.sleep(1)
        assert troubles.stops(error, began=0)

    timed(main)


def test_a_rate_limit_stops_it_unless_something_was_created_meanwhile(timed: Timed) -> None:
    async def main() -> None:
        troubles, limited = Troubles(), RateLimited("later", status=429)
        assert await fails(troubles, limited)
        await anyio.sleep(5)
        troubles.created()
        assert not troubles.stops(limited, began=4)
        assert troubles.stops(limited, began=5)
        assert troubles.stops(limited, began=6)

    timed(main)


@pytest.mark.parametrize("error", [FORBIDDEN, NotFound("gone", status=404), DOWN], ids=short)
def test_others_stop_it_after_ten_with_nothing_created_between(
    timed: Timed, error: CallError
) -> None:
    async def main() -> None:
        troubles = Troubles()
        assert not await fails(troubles, error, times=9)
        troubles.created()
        assert troubles.pause <= 0
        assert await fails(troubles, error, times=10)

    timed(main)


def test_a_refusal_of_a_draft_begins_the_count_anew_and_a_failure_at_it_does_not(
    timed: Timed,
) -> None:
    async def main() -> None:
        troubles = Troubles()
        for error in (BadRequest("no", status=400), Unprocessable("no", status=422)):
            assert not await fails(troubles, FORBIDDEN, times=9)
            assert not await fails(troubles, error)
        assert not await fails(troubles, FORBIDDEN, times=9)
        assert not await fails(troubles, ServerError("rule", status=500))
        assert await fails(troubles, FORBIDDEN)

    timed(main)


def test_failures_of_requests_that_were_under_way_together_count_once(timed: Timed) -> None:
    async def main() -> None:
        troubles = Troubles()
        await anyio.sleep(10)
        for _ in range(50):
            assert not troubles.stops(DOWN, began=9.5)
        assert not await fails(troubles, DOWN, times=8)
        assert await fails(troubles, DOWN)

    timed(main)


def test_from_the_third_on_there_are_pauses(timed: Timed) -> None:
    async def main() -> None:
        troubles, pauses = Troubles(), list[float]()
        await anyio.sleep(10)
        for _ in range(10):
            await fails(troubles, DOWN)
            pauses.append(max(troubles.pause, 0))
        assert pauses == pytest.approx([0, 0, 0.5, 1, 2, 4, 4, 4, 4, 4])
        await anyio.sleep(3)
        assert troubles.pause == pytest.approx(1)
        troubles.created()
        assert troubles.pause < 0
        await fails(troubles, DOWN)
        assert troubles.pause <= 0

    timed(main)


def test_nothing_pauses_at_first_nor_for_what_is_no_failure_of_the_service(timed: Timed) -> None:
    async def main() -> None:
        troubles = Troubles()
        assert troubles.pause < 0
        await fails(troubles, FORBIDDEN, times=9)
        assert troubles.pause < 0

    timed(main)


@pytest.mark.parametrize(
    ("error", "down"),
    [
        (DOWN, True),
        (ConnectionLost("gone"), True),
        (DeadlineExceeded("no turn"), True),
        (UnknownOutcome("no answer"), True),
        (ServerError("rule", status=500), False),
        (UnknownAfterServerError("rule", status=500), False),
        *((ServerError("down", status=status), True) for status in (502, 503, 504)),
        (FORBIDDEN, False),
        (BadRequest("no", status=400), False),
    ],
    ids=short,
)
def test_a_service_may_be_down(error: CallError, down: bool) -> None:
    assert is_down(error) == down


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


# Looks that fail.


@pytest.mark.parametrize("exact", [False, True])
def test_each_look_that_fails_is_told_with_the_time_of_its_beginning(
    timed: Timed, exact: bool
) -> None:
    async def main() -> None:
        told: list[tuple[CallError, float]] = []
        shelf = Shelf(notes=[Note(1, "a"), Note(2, "b")])

        def failed(error: CallError, began: float) -> None:
            told.append((error, began))

        async def broken() -> AsyncIterator[Note]:
            yield Note(1, "a")
            await anyio.sleep(2)
            raise FORBIDDEN

        kind = shelf.kind()
        assert watched(kind, failed).exact_listing is None
        kind = evolve(kind, exact_listing=broken) if exact else evolve(kind, listing=broken)
        kind = watched(kind, failed)
        look = kind.exact_listing if exact else kind.listing
        assert look is not None
        await anyio.sleep(3)
        items = aiter(look())
        assert await anext(items) == Note(1, "a")
        with pytest.raises(Forbidden):
            await anext(items)
        assert told == [(FORBIDDEN, 3)]
        if exact:
            assert [note async for note in kind.listing()] == shelf.notes
        assert len(told) == 1

    timed(main)
