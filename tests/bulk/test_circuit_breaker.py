"""Which failures end a job, after how many, and how long it pauses between them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import anyio
import pytest
from attrs import evolve

from agilekit import BadRequest, Forbidden, NotFound, RateLimited, ServerError, Unauthorized
from agilekit.bulk.circuit_breaker import CircuitBreaker, is_down, reporting_failures
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
from agilekit.events import Attempt
from tests.bulk.shelf import Note, Shelf
from tests.ids import short
from tests.virtual_time import in_virtual_time

Timed = Callable[[Callable[[], Awaitable[None]]], None]

DOWN: Final = NotSent("refused")
FORBIDDEN: Final = Forbidden("no", status=403)
LIMITED: Final = RateLimited("later", status=429)


def late(*statuses: int | None) -> DeadlineExceeded:
    """The error of a call that had such answers before its deadline passed."""
    attempts = [
        Attempt(
            "POST",
            "/cards",
            number=number,
            seconds=0.1,
            status=status,
            error=None if status else "reset",
            maybe_received=False,
        )
        for number, status in enumerate(statuses, 1)
    ]
    return DeadlineExceeded("no turn", attempts=attempts)


LATE: Final = late(429)
"""Of a call that waited to try once more."""


@pytest.fixture
def timed(anyio_backend: str) -> Timed:
    return lambda main: in_virtual_time(anyio_backend, main)


async def fails(breaker: CircuitBreaker, error: CallError, *, times: int = 1) -> bool:
    """Whether the job stops at the last of so many failures, one after the other."""
    stops = [breaker.trips(error, began=breaker.moment) for _ in range(times)]
    assert not any(stops[:-1])
    return stops[-1]


@pytest.mark.parametrize(
    "error", [Unauthorized("no", status=401), Redirected("there", status=301)], ids=short
)
def test_some_stop_it_at_once_whatever_was_created(timed: Timed, error: CallError) -> None:
    async def main() -> None:
        breaker = CircuitBreaker()
        assert await fails(breaker, error)
        breaker.succeeded()
        await anyio.sleep(1)
        assert breaker.trips(error, began=0)

    timed(main)


@pytest.mark.parametrize("limited", [LIMITED, LATE], ids=short)
def test_a_rate_limit_stops_it_unless_something_was_created_meanwhile(
    timed: Timed, limited: CallError
) -> None:
    async def main() -> None:
        breaker = CircuitBreaker()
        assert await fails(breaker, limited)
        before = breaker.moment
        breaker.succeeded()
        assert not breaker.trips(limited, began=before)
        assert breaker.trips(limited, began=breaker.moment)

    timed(main)


@pytest.mark.parametrize("error", [FORBIDDEN, NotFound("gone", status=404), DOWN], ids=short)
def test_others_stop_it_after_ten_with_nothing_created_between(
    timed: Timed, error: CallError
) -> None:
    async def main() -> None:
        breaker = CircuitBreaker()
        assert not await fails(breaker, error, times=9)
        breaker.succeeded()
        assert breaker.pause <= 0
        assert await fails(breaker, error, times=10)

    timed(main)


def test_a_refusal_of_a_draft_resets_the_count_and_a_failure_at_it_does_not(
    timed: Timed,
) -> None:
    async def main() -> None:
        breaker = CircuitBreaker()
        for error in (BadRequest("no", status=400), Unprocessable("no", status=422)):
            assert not await fails(breaker, FORBIDDEN, times=9)
            assert not await fails(breaker, error)
        assert not await fails(breaker, FORBIDDEN, times=9)
        assert not await fails(breaker, ServerError("rule", status=500))
        assert await fails(breaker, FORBIDDEN)

    timed(main)


def test_failures_of_requests_that_were_in_flight_together_count_once(timed: Timed) -> None:
    async def main() -> None:
        breaker = CircuitBreaker()
        before = breaker.moment
        for _ in range(50):
            assert not breaker.trips(DOWN, began=before)
        assert not await fails(breaker, DOWN, times=8)
        assert await fails(breaker, DOWN)

    timed(main)


def test_from_the_third_on_there_are_pauses(timed: Timed) -> None:
    async def main() -> None:
        breaker, pauses = CircuitBreaker(), list[float]()
        await anyio.sleep(10)
        for _ in range(10):
            await fails(breaker, DOWN)
            pauses.append(max(breaker.pause, 0))
        assert pauses == pytest.approx([0, 0, 0.5, 1, 2, 4, 4, 4, 4, 4])
        await anyio.sleep(3)
        assert breaker.pause == pytest.approx(1)
        breaker.succeeded()
        assert breaker.pause < 0
        await fails(breaker, DOWN)
        assert breaker.pause <= 0

    timed(main)


def test_nothing_pauses_at_first_nor_for_what_is_not_a_failure_of_the_service(timed: Timed) -> None:
    async def main() -> None:
        breaker = CircuitBreaker()
        assert breaker.pause < 0
        await fails(breaker, FORBIDDEN, times=9)
        assert breaker.pause < 0

    timed(main)


@pytest.mark.parametrize(
    ("error", "down"),
    [
        (DOWN, True),
        (ConnectionLost("gone"), True),
        (DeadlineExceeded("no turn"), True),
        (late(429, None), True),
        (late(429, 503), True),
        (late(None, 429), False),
        (LIMITED, False),
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


# Looks that fail.


@pytest.mark.parametrize("exact", [False, True])
def test_each_look_that_fails_is_reported_with_the_moment_at_which_it_began(
    timed: Timed, exact: bool
) -> None:
    async def main() -> None:
        told: list[tuple[CallError, int]] = []
        breaker = CircuitBreaker()
        shelf = Shelf(notes=[Note(1, "a"), Note(2, "b")])

        def failed(error: CallError, began: int) -> None:
            told.append((error, began))

        async def broken() -> AsyncIterator[Note]:
            yield Note(1, "a")
            breaker.succeeded()
            raise FORBIDDEN

        kind = shelf.kind()
        assert reporting_failures(kind, breaker, failed).exact_listing is None
        kind = evolve(kind, exact_listing=broken) if exact else evolve(kind, listing=broken)
        kind = reporting_failures(kind, breaker, failed)
        look = kind.exact_listing if exact else kind.listing
        assert look is not None
        breaker.succeeded()
        items = aiter(look())
        assert await anext(items) == Note(1, "a")
        with pytest.raises(Forbidden):
            await anext(items)
        assert told == [(FORBIDDEN, 1)]
        if exact:
            assert [note async for note in kind.listing()] == shelf.notes
        assert len(told) == 1

    timed(main)
