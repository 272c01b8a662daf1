"""What a rate limiter makes of the answers: to the tenth of a request, and to the moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from math import inf

import anyio
import pytest

from agilekit.session.concurrency_limit import Permit
from agilekit.session.rate_limiter import RateLimiter
from tests.virtual_time import in_virtual_time


async def leave(limiter: RateLimiter, number: int = 1) -> float:
    """Lets so many requests leave, one after the other. Gives when the last one did."""
    for _ in range(number):
        assert await limiter.acquire(inf, lambda _: None, Permit())
    return anyio.current_time()


async def rate_of(limiter: RateLimiter) -> float:
    """Requests a second, as the next two show it."""
    first = await leave(limiter)
    return 1 / (await leave(limiter) - first)


def limited(backend: str, test: Callable[[RateLimiter], Awaitable[None]]) -> None:
    async def main() -> None:
        await anyio.sleep(5)
        await test(RateLimiter())

    in_virtual_time(backend, main)


def test_a_limiter_of_which_nothing_is_known_lets_everything_leave_at_once(
    anyio_backend: str,
) -> None:
    async def test(limiter: RateLimiter) -> None:
        begin = anyio.current_time()
        assert await leave(limiter, 100) == begin

    limited(anyio_backend, test)


@pytest.mark.parametrize(("refused", "rate"), [(1, 26.1), (5, 22.5), (15, 13.5), (25, 9)])
def test_the_first_429_sets_nine_tenths_of_what_was_taken_just_before(
    refused: int, rate: float, anyio_backend: str
) -> None:
    async def test(limiter: RateLimiter) -> None:
        sent = await leave(limiter, 30)
        for _ in range(refused):
            limiter.throttled(sent, 1)
        assert await rate_of(limiter) == pytest.approx(rate)

    limited(anyio_backend, test)


@pytest.mark.parametrize(
    ("pause", "of_the_first", "of_the_second", "rate"),
    [
        (1, 10, 0, 18),  # 20 of the first 30 were taken: more than the 5 a second later
        (1.9, 10, 0, 18),
        (1, 12, 4, 16.2),
        (
            2,
            10,
            0,
            18,
        ),  # a 429 tells of the second in which its request left, however late it comes
        (2, 10, 1, 9),  # too long ago to tell anything
    ],
)
def test_what_was_taken_in_the_second_before_counts_as_well(
    pause: float, of_the_first: int, of_the_second: int, rate: float, anyio_backend: str
) -> None:
    async def test(limiter: RateLimiter) -> None:
        first = await leave(limiter, 30)
        await anyio.sleep(pause)
        second = await leave(limiter, 5)
        for _ in range(of_the_first):
            limiter.throttled(first, 1)
        for _ in range(of_the_second):
            limiter.throttled(second, 1)
        assert await rate_of(limiter) == pytest.approx(rate)

    limited(anyio_backend, test)


async def lowered_to(limiter: RateLimiter, rate: float) -> float:
    """A first 429 has set this rate, in requests a second. Gives when it was heard."""
    limiter.throttled(await leave(limiter, round(rate / 0.9) + 1), 1)
    throttled_at = anyio.current_time()
    assert await rate_of(limiter) == pytest.approx(rate)
    return throttled_at


def test_an_answer_to_a_request_that_left_within_a_second_of_the_cut_raises_no_rate(
    anyio_backend: str,
) -> None:
    async def test(limiter: RateLimiter) -> None:
        throttled_at = await lowered_to(limiter, 18)
        for sent in (throttled_at - 1, throttled_at, throttled_at + 1.999):  # 1 s of them a pause
            limiter.accepted(sent)
        assert await rate_of(limiter) == pytest.approx(18)
        limiter.accepted(throttled_at + 2.001)
        assert await rate_of(limiter) == pytest.approx(19)

    limited(anyio_backend, test)


def test_a_429_to_what_left_within_a_second_of_the_cut_lowers_no_rate(anyio_backend: str) -> None:
    async def test(limiter: RateLimiter) -> None:
        throttled_at = await lowered_to(limiter, 18)
        for sent in (throttled_at, await leave(limiter, 16)):
            limiter.throttled(sent, 0.1)
        await anyio.sleep(0.1)
        assert await rate_of(limiter) == pytest.approx(18)
        await anyio.sleep(1)
        limiter.throttled(await leave(limiter), 1)
        assert await rate_of(limiter) < 17

    limited(anyio_backend, test)


def test_a_rate_that_equals_the_ceiling_is_kept(anyio_backend: str) -> None:
    async def test(limiter: RateLimiter) -> None:
        await lowered_to(limiter, 18)
        limiter.join(18 / 0.98)
        assert await rate_of(limiter) == pytest.approx(18)

    limited(anyio_backend, test)


def test_a_limiter_that_its_last_client_has_left_limits_nothing(anyio_backend: str) -> None:
    async def test(limiter: RateLimiter) -> None:
        limiter.join(2)
        limiter.leave(2)
        begin = anyio.current_time()
        assert await leave(limiter, 100) == begin

    limited(anyio_backend, test)


def test_those_that_were_refused_and_the_others_take_turns(anyio_backend: str) -> None:
    async def test(limiter: RateLimiter) -> None:
        limiter.join(1 / 0.98)
        begin = await leave(limiter)
        left: list[tuple[bool, float]] = []
        told: list[float] = []

        async def turn(again: bool) -> None:
            assert await limiter.acquire(inf, told.append, Permit(), again=again)
            left.append((again, anyio.current_time() - begin))

        async with anyio.create_task_group() as tasks:
            for again in (True, True, True, True, False, False):
                tasks.start_soon(turn, again)
                await anyio.wait_all_tasks_blocked()
        order = [True, False, True, False, True, True]
        assert [again for again, _ in left] == order
        assert [at for _, at in left] == pytest.approx([1, 2, 3, 4, 5, 6])
        assert told == pytest.approx([1, 2, 3, 4, 2, 4])

    limited(anyio_backend, test)


@pytest.mark.parametrize(("until", "leaves"), [(9.5, False), (10, False), (10.5, True)])
def test_a_turn_that_comes_only_at_the_deadline_is_not_waited_for(
    until: float, leaves: bool, anyio_backend: str
) -> None:
    async def test(limiter: RateLimiter) -> None:
        begin = anyio.current_time()
        limiter.pause(10)
        told: list[float] = []
        assert await limiter.acquire(begin + until, told.append, Permit()) == leaves
        assert told == ([10] if leaves else [])
        assert anyio.current_time() == begin + (10 if leaves else 0)

    limited(anyio_backend, test)


def test_a_turn_that_moves_to_the_deadline_is_given_up_as_soon_as_that_is_known(
    anyio_backend: str,
) -> None:
    async def test(limiter: RateLimiter) -> None:
        limiter.join(1 / 0.98)
        begin = await leave(limiter)
        ended: list[tuple[bool, float]] = []

        async def turn(until: float) -> None:
            may_leave = await limiter.acquire(begin + until, lambda _: None, Permit())
            ended.append((may_leave, anyio.current_time() - begin))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(turn, 100)
            await anyio.wait_all_tasks_blocked()
            tasks.start_soon(turn, 2)
        assert ended == [(True, 1), (False, 1)]

    limited(anyio_backend, test)


def test_a_limiter_shows_its_rate_and_how_many_wait(anyio_backend: str) -> None:
    async def test(limiter: RateLimiter) -> None:
        assert repr(limiter) == "<RateLimiter: no limit, 0 waiting>"
        limiter.join(2 / 0.98)
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(leave, limiter)
            await anyio.wait_all_tasks_blocked()
            assert repr(limiter) == "<RateLimiter: 2.0 requests a second, 1 waiting>"

    limited(anyio_backend, test)
