"""A pause that a server asked for: whom it holds, what tries the server, and what ends it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import TypeAlias, Unpack

import anyio
import httpx
import pytest
from attrs import define, field

from agilekit import errors
from agilekit.session.options import Options
from agilekit.session.pause import PauseRequest
from agilekit.session.rate_limiter import RateLimiter
from agilekit.session.session import Session
from agilekit.wire.credential import Credential
from agilekit.wire.json import JSON
from agilekit.wire.route import Route
from tests.session.scripted import SECRET, Say, Scripted
from tests.virtual_time import in_virtual_time

GOOD = Route[JSON]("Good", "GET", "/good", lambda data: data)
BAD = Route[JSON]("Bad", "GET", "/bad", lambda data: data)

Answers: TypeAlias = Callable[[str, float], Say | Exception]
"""By the path, and the seconds since the first request."""


@define
class Server(httpx.AsyncBaseTransport):
    answers: Answers
    left: list[tuple[str, float]] = field(factory=list[tuple[str, float]])
    _begun: float = -1.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        now = anyio.current_time()
        self._begun = now if self._begun < 0 else self._begun
        path = request.url.path.removeprefix("/api")
        self.left.append((path, now - self._begun))
        step = self.answers(path, now - self._begun)
        if isinstance(step, Exception):
            raise step
        await anyio.sleep(step.after)
        return step.response(request)

    def times(self, path: str) -> list[float]:
        return [time for name, time in self.left if name == path]


def say(status: int, seconds: float, after: float = 0.0) -> Say:
    return Say({"error": "no"}, status, {"retry-after": f"{seconds:.0f}"}, after)


def session_at(server: httpx.AsyncBaseTransport, **options: Unpack[Options]) -> Session:
    credential = Credential.in_header("Authorization", "secret", SECRET, what="secret")
    options["transport"] = server
    return Session("https://host/api", credential, **options)


async def ends(session: Session, op: Route[JSON]) -> JSON | errors.CallError:
    try:
        return await session.call(op, {})
    except errors.CallError as error:
        return error


async def together(session: Session, op: Route[JSON], number: int) -> list[JSON | errors.CallError]:
    found: list[JSON | errors.CallError] = []

    async def call() -> None:
        found.append(await ends(session, op))

    async with anyio.create_task_group() as tasks:
        for _ in range(number):
            tasks.start_soon(call)
    return found


def test_a_503_of_one_address_holds_back_no_other_call(anyio_backend: str) -> None:
    server = Server(lambda path, _: say(503, 3600) if path == "/bad" else Say([1], after=0.1))

    async def main() -> None:
        async with session_at(server) as session:
            refused = await ends(session, BAD)
            assert type(refused) is errors.ServerError
            assert await together(session, GOOD, 40) == [[1]] * 40

    in_virtual_time(anyio_backend, main)
    # One tries; the others leave as soon as it is answered, as many at once as may be in flight.
    assert server.times("/good")[:17] == pytest.approx([0] + [0.1] * 16)
    assert server.times("/good")[-1] == pytest.approx(0.3)


def test_an_address_that_always_answers_503_does_not_keep_the_others_waiting(
    anyio_backend: str,
) -> None:
    server = Server(lambda path, _: say(503, 3600) if path == "/bad" else Say([1]))

    async def main() -> None:
        async with session_at(server) as session:
            for _ in range(50):
                assert isinstance(await ends(session, BAD), errors.ServerError)
                assert await session.call(GOOD, {}) == [1]

    in_virtual_time(anyio_backend, main)
    assert server.left[-1][1] == 0


def test_a_server_that_is_down_is_tried_less_and_less_often(anyio_backend: str) -> None:
    server = Server(lambda _, seconds: say(503, 500) if seconds < 200 else Say([1]))

    async def main() -> None:
        async with session_at(server, retries=0, deadline=1000) as session:
            await together(session, GOOD, 30)
            assert await together(session, GOOD, 30) == [[1]] * 30

    in_virtual_time(anyio_backend, main)
    times = sorted(server.times("/good"))
    tries = times[16:]  # those that left before the first 503 arrived show nothing
    assert tries[:9] == pytest.approx([0, 1, 3, 7, 15, 31, 63, 123, 183])
    assert tries[9] == pytest.approx(243)
    assert all(time < 244 for time in tries)  # and then everybody goes on


def test_a_long_429_is_tried_each_minute_and_ends_when_a_request_is_served(
    anyio_backend: str,
) -> None:
    server = Server(lambda _, seconds: say(429, 3600) if seconds < 150 else Say([1]))

    async def main() -> None:
        async with session_at(server, retries=0, deadline=400) as session:
            assert isinstance(await ends(session, GOOD), errors.RateLimited)
            found = await together(session, GOOD, 10)
            assert sum(one == [1] for one in found) == 8

    in_virtual_time(anyio_backend, main)
    assert server.times("/good")[:4] == pytest.approx([0, 60, 120, 180])
    assert server.times("/good")[-1] < 190


@pytest.mark.parametrize("seconds", [1, 30, 60])
def test_a_short_429_is_not_tried(anyio_backend: str, seconds: int) -> None:
    server = Server(lambda _, now: say(429, seconds) if now < seconds else Say([1]))

    async def main() -> None:
        async with session_at(server, retries=0) as session:
            assert isinstance(await ends(session, GOOD), errors.RateLimited)
            assert await session.call(GOOD, {}) == [1]

    in_virtual_time(anyio_backend, main)
    assert server.times("/good") == pytest.approx([0, seconds])


def test_an_answer_to_what_left_before_the_429_ends_no_pause(anyio_backend: str) -> None:
    server = Server(lambda path, _: say(429, 30, after=1) if path == "/bad" else Say([1], after=5))

    async def main() -> None:
        async with session_at(server, retries=0) as session, anyio.create_task_group() as tasks:
            tasks.start_soon(ends, session, GOOD)
            await ends(session, BAD)
            await session.call(GOOD, {})

    in_virtual_time(anyio_backend, main)
    assert server.times("/good") == pytest.approx([0, 31])


def test_a_429_within_the_pause_of_a_503_holds_back_what_would_try(anyio_backend: str) -> None:
    server = Server(
        lambda path, now: (
            say(503, 300) if path == "/bad" else say(429, 40) if now < 40 else Say([1])
        )
    )

    async def main() -> None:
        async with session_at(server, retries=0) as session:
            await ends(session, BAD)
            await ends(session, GOOD)
            assert await session.call(GOOD, {}) == [1]

    in_virtual_time(anyio_backend, main)
    # As long as the 429 asks for, and no longer.
    assert server.times("/good") == pytest.approx([0, 40])


@pytest.mark.parametrize("first", [429, 503])
def test_a_short_429_beside_a_long_503_holds_no_longer_than_it_asks_for(
    anyio_backend: str, first: int
) -> None:
    seconds = {429: 1, 503: 3600}
    (second,) = {429, 503} - {first}
    statuses = {"/bad": first, "/other": second}
    server = Server(
        lambda path, _: (
            say(statuses[path], seconds[statuses[path]], after=0.1 * (path == "/other"))
            if path in statuses
            else Say([1])
        )
    )
    other = Route[JSON]("Other", "GET", "/other", lambda data: data)

    async def main() -> None:
        async with session_at(server, retries=0) as session:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(ends, session, other)
                tasks.start_soon(ends, session, BAD)
            assert await session.call(GOOD, {}) == [1]

    in_virtual_time(anyio_backend, main)
    assert server.times("/good")[0] == pytest.approx(1.0, abs=0.2)


def test_what_left_before_a_429_ends_no_pause_although_it_tried_after_a_503(
    anyio_backend: str,
) -> None:
    slow = {"/a": say(429, 40, after=10), "/b": Say([1], after=12), "/bad": say(503, 20)}
    server = Server(lambda path, _: slow.get(path, Say([1])))
    ops = [Route[JSON](path, "GET", path, lambda data: data) for path in ("/a", "/b")]

    async def main() -> None:
        async with session_at(server, retries=0) as session, anyio.create_task_group() as tasks:
            await ends(session, BAD)
            for op in ops:
                tasks.start_soon(ends, session, op)
                await anyio.wait_all_tasks_blocked()
            await anyio.sleep(14)
            await session.call(GOOD, {})

    in_virtual_time(anyio_backend, main)
    assert server.left == [("/bad", 0), ("/a", 0), ("/b", 1), ("/good", 50)]


def test_the_first_answer_to_one_that_tried_ends_the_pause(anyio_backend: str) -> None:
    server = Server(lambda path, _: say(503, 60) if path == "/bad" else Say([1], after=1.5))

    async def main() -> None:
        async with session_at(server, retries=0) as session:
            await ends(session, BAD)
            await together(session, GOOD, 4)

    in_virtual_time(anyio_backend, main)
    assert server.times("/good") == pytest.approx([0, 1, 1.5, 1.5])


def test_each_pause_is_tried_anew(anyio_backend: str) -> None:
    def answers(path: str, now: float) -> Say:
        if path == "/slow":
            return Say([1], after=6)
        if path == "/bad" or 1 <= now < 10:
            return say(503, 60)
        return Say([1])

    server = Server(answers)
    slow = Route[JSON]("Slow", "GET", "/slow", lambda data: data)

    async def main() -> None:
        async with session_at(server, retries=0) as session, anyio.create_task_group() as tasks:
            await ends(session, BAD)
            await session.call(GOOD, {})
            tasks.start_soon(ends, session, slow)
            await anyio.sleep(1)
            await ends(session, BAD)
            await together(session, GOOD, 6)

    in_virtual_time(anyio_backend, main)
    # What left before the second pause is answered at 6, and ends it no more than the first one.
    assert server.times("/good") == pytest.approx([0, 1, 2, 4, 8, 16, 16])


def test_a_pause_is_kept_for_ten_minutes_at_most(anyio_backend: str) -> None:
    server = Server(
        lambda path, _: say(429, 99999) if path == "/bad" else httpx.ConnectError("refused")
    )

    async def main() -> None:
        async with session_at(server, retries=0, deadline=1000) as session:
            await ends(session, BAD)
            await together(session, GOOD, 15)

    in_virtual_time(anyio_backend, main)
    tries = [60.0 * number for number in range(1, 10)]
    assert server.times("/good")[:10] == pytest.approx([*tries, 600])
    assert server.times("/good")[-1] < 605


@pytest.mark.parametrize("failure", [httpx.ReadError("reset"), Say(status=500), Say(status=502)])
def test_a_try_that_is_not_served_ends_no_pause(
    anyio_backend: str, failure: Say | Exception
) -> None:
    def answers(path: str, now: float) -> Say | Exception:
        return say(503, 300) if path == "/bad" else failure if now < 2 else Say([1])

    server = Server(answers)

    async def main() -> None:
        async with session_at(server, retries=0) as session:
            await ends(session, BAD)
            await together(session, GOOD, 4)

    in_virtual_time(anyio_backend, main)
    assert server.times("/good") == pytest.approx([0, 1, 3, 3])


def test_a_try_that_is_refused_for_itself_proves_that_the_server_is_there(
    anyio_backend: str,
) -> None:
    server = Server(lambda path, _: say(503, 300) if path == "/bad" else Say({}, 404))

    async def main() -> None:
        async with session_at(server, retries=0) as session:
            await ends(session, BAD)
            found = await together(session, GOOD, 4)
            assert {type(one) for one in found} == {errors.NotFound}

    in_virtual_time(anyio_backend, main)
    assert server.times("/good") == [0] * 4


def test_a_call_that_is_cancelled_while_it_tries_leaves_the_next_try_to_others(
    anyio_backend: str,
) -> None:
    server = Server(lambda path, _: say(503, 300) if path == "/bad" else Say([1], after=0.5))

    async def main() -> None:
        async with session_at(server, retries=0) as session:
            await ends(session, BAD)
            with anyio.move_on_after(0.25):
                await session.call(GOOD, {})
            assert await session.call(GOOD, {}) == [1]

    in_virtual_time(anyio_backend, main)
    assert server.times("/good") == pytest.approx([0, 1])


@pytest.mark.parametrize("status", [429, 503])
def test_the_error_says_who_asked_for_what_pause_when_and_what_is_left(
    anyio_backend: str, status: int
) -> None:
    server = Server(lambda path, _: say(status, 3600) if path == "/bad" else Say([1], after=100))

    async def main() -> errors.CallError:
        async with session_at(server, retries=0, deadline=30) as session:
            await ends(session, BAD)
            await anyio.sleep(10)
            if status == 503:  # these try the server, and get no answer
                await together(session, GOOD, 6)
            found = await session_ends_at_once(session)
            assert isinstance(found, errors.DeadlineExceeded)
            return found

    async def session_ends_at_once(session: Session) -> JSON | errors.CallError:
        begin = anyio.current_time()
        found = await ends(session.view(deadline=1), GOOD)
        assert anyio.current_time() == begin
        return found

    error = in_virtual_time(anyio_backend, main)
    told = (
        rf"its turn did not come: the server asked for a pause of 3,600 s with {status} to GET "
        r"/api/bad at \d\d:\d\d:\d\d UTC; (3,590|3,560) s of it are left, "
        r"and a request may leave in (50|\d) s"
    )
    assert re.search(told, str(error)), str(error)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.anyio
async def test_the_refusal_itself_says_what_was_asked_for_and_when(status: int) -> None:
    async with session_at(Server(lambda _, __: say(status, 3600))) as session:
        error = await ends(session, GOOD)
    assert isinstance(error, errors.ApiError)
    assert re.search(r"no \(Retry-After: 3600, said at \d\d:\d\d:\d\d UTC\)$", error.message)


@pytest.mark.parametrize("apart", [timedelta(hours=-5), timedelta(0), timedelta(days=400)])
def test_a_date_counts_from_the_servers_own_clock(anyio_backend: str, apart: timedelta) -> None:
    theirs = datetime.now(UTC) + apart
    headers = {
        "date": format_datetime(theirs, usegmt=True),
        "retry-after": format_datetime(theirs + timedelta(seconds=30), usegmt=True),
    }
    server = Scripted(Say({}, 429, headers), Say([1]))

    async def main() -> JSON:
        async with session_at(server) as session:
            return await session.call(GOOD, {})

    assert in_virtual_time(anyio_backend, main) == [1]
    assert [b - a for a, b in pairwise(server.times)] == pytest.approx([30])


@pytest.mark.parametrize("date", ["yesterday", "", "Mon, 05 Jan 2026 08:00:30 +" + "9" * 30])
def test_a_date_that_is_none_is_not_counted_from(anyio_backend: str, date: str) -> None:
    after = format_datetime(datetime.now(UTC) + timedelta(seconds=31), usegmt=True)
    server = Scripted(Say({}, 429, {"date": date, "retry-after": after}), Say([1]))

    async def main() -> JSON:
        async with session_at(server) as session:
            return await session.call(GOOD, {})

    assert in_virtual_time(anyio_backend, main) == [1]
    assert 10 < server.times[1] - server.times[0] <= 31


def test_a_429_that_asks_for_no_time_is_repeated_at_once(anyio_backend: str) -> None:
    server = Scripted(say(429, 0), Say([1]))

    async def main() -> JSON:
        async with session_at(server) as session:
            return await session.call(GOOD, {})

    assert in_virtual_time(anyio_backend, main) == [1]
    assert server.times[1] - server.times[0] < 0.5


def test_a_pause_has_a_reason_while_it_holds_and_none_afterwards(anyio_backend: str) -> None:
    async def main() -> list[str]:
        limiter = RateLimiter()
        reasons = [limiter.pause_reason()]
        at = datetime(2026, 1, 5, 8, 0, 30, tzinfo=UTC)
        limiter.unavailable(30, PauseRequest(503, "GET /good", 30, at))
        limiter.unavailable(30, PauseRequest(503, "GET /bad", 30, at))  # no longer than the first
        reasons.append(limiter.pause_reason())
        await anyio.sleep(30)
        return [*reasons, limiter.pause_reason()]

    reason = (
        "the server asked for a pause of 30 s with 503 to GET /good at 08:00:30 UTC; "
        "30 s of it are left, and a request may leave in 0 s"
    )
    assert in_virtual_time(anyio_backend, main) == ["", reason, ""]


def test_a_call_waits_as_long_as_another_origin_asks_of_a_redirect(anyio_backend: str) -> None:
    elsewhere = Say({}, 302, {"location": "https://sub.host.com/api"})
    server = Scripted(elsewhere, say(503, 7), Say([1]))
    credential = Credential.in_header("Authorization", "secret", SECRET, what="secret")

    async def main() -> JSON:
        async with Session("https://host.com/api", credential, transport=server) as session:
            return await session.call(GOOD, {})

    assert in_virtual_time(anyio_backend, main) == [1]
    assert server.times[2] - server.times[1] == 7


def test_a_server_that_takes_nothing_and_names_no_time_is_tried_less_and_less_often(
    anyio_backend: str,
) -> None:
    server = Server(lambda _, seconds: Say({}, 429) if seconds < 40 else Say([1]))

    async def main() -> None:
        async with session_at(server, retries=0, deadline=1000) as session:
            await together(session, GOOD, 8)
            await together(session, GOOD, 20)

    in_virtual_time(anyio_backend, main)
    tries = server.times("/good")[8:]
    assert tries[:9] == pytest.approx([0.1, 0.3, 0.7, 1.5, 3.1, 6.3, 12.7, 22.7, 32.7])
    assert tries[9] == pytest.approx(42.7)
    assert tries[-1] < 46  # and then everybody goes on


def test_a_call_that_waits_for_a_server_that_takes_nothing_blames_nobody(
    anyio_backend: str,
) -> None:
    server = Server(lambda _, __: Say({}, 429))

    async def main() -> errors.CallError:
        async with session_at(server, retries=0, deadline=1000) as session:
            await together(session, GOOD, 8)
            found = await ends(session.view(deadline=0.05), GOOD)
            assert isinstance(found, errors.DeadlineExceeded)
            return found

    error = in_virtual_time(anyio_backend, main)
    assert "its turn did not come" in str(error)
    assert "asked for a pause" not in str(error)


def test_429_of_one_address_that_name_no_time_pause_nobody(anyio_backend: str) -> None:
    server = Server(lambda path, _: Say({}, 429) if path == "/bad" else Say([1]))

    async def main() -> None:
        async with session_at(server, retries=0) as session:
            for _ in range(30):
                await ends(session, BAD)
                assert await together(session, GOOD, 30) == [[1]] * 30

    in_virtual_time(anyio_backend, main)
    assert server.left[-1][1] < 10


@pytest.mark.parametrize("seconds", [1, 5, 90])
def test_a_429_that_names_a_time_counts_more_than_those_before_it_that_named_none(
    anyio_backend: str, seconds: int
) -> None:
    def answers(_: str, now: float) -> Say:
        if now < 1:
            return Say({}, 429)
        return say(429, seconds) if now < 2 + 2 * seconds else Say([1])

    server = Server(answers)

    async def main() -> None:
        async with session_at(server, retries=0, deadline=1000) as session:
            await together(session, GOOD, 8)
            await together(session, GOOD, 20)

    in_virtual_time(anyio_backend, main)
    tries = server.times("/good")[8:]
    assert tries[:4] == pytest.approx([0.1, 0.3, 0.7, 1.5])
    named = [time for time in tries if time >= 1.5]
    apart = [b - a for a, b in pairwise(named)]
    # Whoever asks for a time is asked again after it, and at the latest after a minute.
    assert apart[0] == pytest.approx(min(seconds, 60))
    assert named[-1] < 2 + 4 * seconds + 40


def test_calls_that_are_always_refused_leave_half_of_the_tries_to_others(
    anyio_backend: str,
) -> None:
    server = Server(lambda path, _: Say({}, 429) if path == "/bad" else Say([1], after=0.04))
    served: list[float] = []

    async def main() -> None:
        async def refused() -> None:
            while True:
                await ends(session, BAD)

        async with session_at(server) as session, anyio.create_task_group() as tasks:
            for _ in range(15):
                tasks.start_soon(refused)
            while anyio.current_time() < 300:
                assert await session.call(GOOD, {}) == [1]
                served.append(anyio.current_time())
            tasks.cancel_scope.cancel()

    in_virtual_time(anyio_backend, main)
    assert len(served) >= 50
