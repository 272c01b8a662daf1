"""How often a server that is down is asked again, by all calls together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

import anyio
import httpx
import pytest

from agilekit import Event, Wait, errors
from agilekit.session.retry_budget import RetryBudget
from agilekit.session.session import Session
from agilekit.wire.credential import Credential
from agilekit.wire.json import JSON
from agilekit.wire.route import Route
from tests.session.scripted import SECRET, Say, Scripted, Step
from tests.virtual_time import in_virtual_time

READ = Route[JSON]("Read", "GET", "/thing", lambda data: data)
SAFE = Route[JSON]("Write safely", "PUT", "/thing", lambda data: data, safe_write=True)

REFUSED = httpx.ConnectError("refused")
LOST = httpx.ReadError("connection reset")
DOWN = [REFUSED, LOST, Say(status=503)]

AT_FIRST, A_CALL, A_SECOND, MOST = 10, 0.2, 10, 100


def session_at(
    server: Scripted, *, told: list[Event] | None = None, deadline: float = 120, retries: int = 5
) -> Session:
    return Session(
        "https://host/api",
        Credential.in_header("Authorization", "secret", SECRET, what="secret"),
        transport=server,
        concurrency=50,
        deadline=deadline,
        retries=retries,
        on_event=None if told is None else told.append,
    )


async def fail(
    session: Session, route: Route[JSON], ended: list[tuple[float, errors.CallError]]
) -> None:
    begin = anyio.current_time()
    with pytest.raises(errors.CallError) as caught:
        await session.call(route, {}, {} if route.writes else None)
    ended.append((anyio.current_time() - begin, caught.value))


async def fail_at_once(
    number: int, *sessions: Session, route: Route[JSON] = READ
) -> list[tuple[float, errors.CallError]]:
    """What became of so many calls, and after how many seconds."""
    ended: list[tuple[float, errors.CallError]] = []
    async with anyio.create_task_group() as tasks:
        for place in range(number):
            tasks.start_soon(fail, sessions[place % len(sessions)], route, ended)
    return ended


@pytest.mark.quick(4)
@pytest.mark.parametrize("deadline", [8, 120])
@pytest.mark.parametrize("down", DOWN, ids=["refused", "lost", "503"])
def test_a_server_that_is_down_is_sent_no_more_than_the_budget(
    anyio_backend: str, down: Step, deadline: float
) -> None:
    server = Scripted(down)

    async def main() -> list[tuple[float, errors.CallError]]:
        async with (
            session_at(server, deadline=deadline) as one,
            session_at(server, deadline=deadline) as two,
        ):
            return await fail_at_once(200, one, two)

    ended = in_virtual_time(anyio_backend, main)
    for time in server.times:
        sent = bisect_right(server.times, time)
        passed = time - server.times[0]
        assert sent <= 200 * (1 + A_CALL) + AT_FIRST + A_SECOND * passed + 1e-6
    assert len(ended) == 200
    assert all(seconds <= deadline for seconds, _ in ended)
    assert all(1 <= len(error.attempts) <= 6 for _, error in ended)
    assert sum(len(error.attempts) for _, error in ended) == len(server.times)


def test_a_call_whose_retry_does_not_come_in_time_says_so(anyio_backend: str) -> None:
    server = Scripted(REFUSED)

    async def main() -> list[tuple[float, errors.CallError]]:
        async with session_at(server, deadline=5) as session:
            return await fail_at_once(200, session)

    waited = [
        error
        for seconds, error in in_virtual_time(anyio_backend, main)
        if seconds == pytest.approx(5)
    ]
    assert waited
    assert {type(error) for error in waited} == {errors.DeadlineExceeded}
    assert all("too many retries were waiting" in str(error) for error in waited)
    assert all(error.attempts for error in waited)


def test_a_safe_write_that_was_lost_stays_unknown_when_its_retry_does_not_come(
    anyio_backend: str,
) -> None:
    server = Scripted(LOST)

    async def main() -> list[tuple[float, errors.CallError]]:
        async with session_at(server, deadline=3) as session:
            return await fail_at_once(200, session, route=SAFE)

    assert {type(error) for _, error in in_virtual_time(anyio_backend, main)} == {
        errors.UnknownOutcome
    }


@pytest.mark.quick(2)
@pytest.mark.parametrize("down", DOWN, ids=["refused", "lost", "503"])
def test_calls_made_one_at_a_time_keep_their_retries(anyio_backend: str, down: Step) -> None:
    server = Scripted(down)
    told: list[Event] = []

    async def main() -> list[tuple[float, errors.CallError]]:
        ended: list[tuple[float, errors.CallError]] = []
        async with session_at(server, told=told) as session:
            for _ in range(30):
                await fail(session, READ, ended)
        return ended

    assert [len(error.attempts) for _, error in in_virtual_time(anyio_backend, main)] == [6] * 30
    assert not any(isinstance(event, Wait) and event.reason == "budget" for event in told)


def test_a_wait_for_the_budget_differs_from_other_waits(anyio_backend: str) -> None:
    server = Scripted(REFUSED)
    told: list[Event] = []

    async def main() -> None:
        async with session_at(server, told=told, retries=1) as session:
            await fail_at_once(30, session)

    in_virtual_time(anyio_backend, main)
    # 30 calls bring 6 retries, so 14 find none; some of the 30 wait less than they were told.
    waits = [event for event in told if isinstance(event, Wait) and event.reason == "budget"]
    assert 10 <= len(waits) <= 14
    assert all(0 < wait.seconds <= 1.4 for wait in waits)
    assert len(server.times) == 60


@pytest.mark.quick(1)
def test_calls_that_succeed_save_up_retries_but_not_without_end(anyio_backend: str) -> None:
    server = Scripted(*[Say({})] * 1000, REFUSED)

    async def main() -> float:
        async with session_at(server, retries=1) as session:
            for _ in range(1000):
                await session.call(READ, {})
            await anyio.sleep(10)
            begin = anyio.current_time()
            await fail_at_once(250, session)
            return begin

    begin = in_virtual_time(anyio_backend, main)
    again = server.times[1250:]
    assert len(again) == 250
    assert sum(time <= begin + 0.2 for time in again) <= MOST + 2
    assert again[-1] - begin == pytest.approx((250 - MOST - AT_FIRST) / A_SECOND, abs=2)


def test_a_retry_after_429_takes_nothing_from_the_budget(anyio_backend: str) -> None:
    server = Scripted(*[Say(status=429, headers={"retry-after": "1"})] * 60, Say({}))
    told: list[Event] = []

    async def main() -> None:
        async with session_at(server, told=told) as session, anyio.create_task_group() as tasks:
            ids: dict[str, object] = {}
            for _ in range(60):
                tasks.start_soon(session.call, READ, ids)

    in_virtual_time(anyio_backend, main)
    assert len(server.times) >= 120
    assert not any(isinstance(event, Wait) and event.reason == "budget" for event in told)


@pytest.mark.quick(1)
def test_other_credentials_have_budgets_of_their_own(anyio_backend: str) -> None:
    server = Scripted(REFUSED)
    told: list[Event] = []
    other = Credential.in_header("Authorization", "secret", SECRET[::-1], what="secret")

    async def main() -> None:
        async with (
            session_at(server) as one,
            Session("https://host/api", other, transport=server, on_event=told.append) as two,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(fail_at_once, 200, one)
            await anyio.sleep(1)
            await fail_at_once(1, two)

    in_virtual_time(anyio_backend, main)
    assert not any(isinstance(event, Wait) and event.reason == "budget" for event in told)


def test_retries_come_in_the_order_in_which_they_were_asked_for(anyio_backend: str) -> None:
    told: list[float] = []
    got = in_virtual_time(anyio_backend, lambda: takes(None, told))
    assert [number for number, _ in got] == [*range(15)]
    assert [time for _, time in got] == pytest.approx([0] * 10 + [0.1, 0.2, 0.3, 0.4, 0.5])
    assert told == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])  # those who wait, and how long


def test_time_brings_no_more_than_there_were_at_first(anyio_backend: str) -> None:
    async def main() -> list[float]:
        budget = RetryBudget()
        assert await budget.acquire(anyio.current_time() + 1, lambda _: None)
        await anyio.sleep(1000)
        begin = anyio.current_time()
        times: list[float] = []
        for _ in range(AT_FIRST + 2):
            assert await budget.acquire(begin + 100, lambda _: None)
            times.append(anyio.current_time() - begin)
        return times

    assert in_virtual_time(anyio_backend, main) == pytest.approx([0] * AT_FIRST + [0.1, 0.2])


@pytest.mark.parametrize("cancelled", [10, 12])
def test_the_turn_of_a_retry_that_is_cancelled_goes_to_the_next(
    anyio_backend: str, cancelled: int
) -> None:
    got = in_virtual_time(anyio_backend, lambda: takes(cancelled))
    assert [number for number, _ in got] == [n for n in range(15) if n != cancelled]
    assert [time for _, time in got] == pytest.approx([0] * 10 + [0.1, 0.2, 0.3, 0.4])


async def takes(cancelled: int | None, told: list[float] | None = None) -> list[tuple[int, float]]:
    """Fifteen ask in order for a retry each. Gives who got one, and when."""
    waits: Callable[[float], None] = (lambda _: None) if told is None else told.append
    budget = RetryBudget()
    got: list[tuple[int, float]] = []
    begin = anyio.current_time()

    async def take(number: int) -> None:
        with anyio.move_on_after(0.05 if number == cancelled else 100):
            assert await budget.acquire(begin + 100, waits)
            got.append((number, anyio.current_time() - begin))

    async with anyio.create_task_group() as tasks:
        for number in range(15):
            tasks.start_soon(take, number)
            await anyio.wait_all_tasks_blocked()
    return got


def test_a_budget_shows_what_is_left_and_how_many_wait(anyio_backend: str) -> None:
    async def main() -> None:
        budget = RetryBudget()
        budget.add_call()
        assert repr(budget) == "<RetryBudget: 10.2 retries left, 0 waiting>"
        async with anyio.create_task_group() as tasks:
            for _ in range(13):
                tasks.start_soon(budget.acquire, 100, list[float]().append)
            await anyio.wait_all_tasks_blocked()
            assert repr(budget) == "<RetryBudget: 0.2 retries left, 2 waiting>"

    in_virtual_time(anyio_backend, main)


@pytest.mark.anyio
async def test_retries_wait_for_the_budget_by_real_clocks_too() -> None:
    server = Scripted(REFUSED)
    async with session_at(server, retries=1) as session:
        ended = await fail_at_once(16, session)
    assert [len(error.attempts) for _, error in ended] == [2] * 16
