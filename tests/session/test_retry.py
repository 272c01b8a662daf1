"""What is sent again, how often, when, and which error comes in the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from math import inf
from typing import TypeAlias, Unpack

import anyio
import httpx
import pytest

from agilekit import errors
from agilekit.events import Event, Wait
from agilekit.session.options import Options
from agilekit.session.retry import Backoff
from agilekit.session.session import Session
from agilekit.wire.credential import Credential
from agilekit.wire.json import JSON
from agilekit.wire.route import Route
from tests.each import each
from tests.session.scripted import SECRET, Say, Scripted, Step, donut_at
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.anyio

READ = Route[JSON]("Read", "GET", "/thing", lambda data: data)
SAFE = Route[JSON]("Write safely", "PUT", "/thing", lambda data: data, safe_write=True)
WRITE = Route[JSON]("Write", "POST", "/thing", lambda data: data)

REFUSED = httpx.ConnectError("refused")
LOST = httpx.ReadError("connection reset")


def session_at(server: Scripted, **options: Unpack[Options]) -> Session:
    credential = Credential.in_header("Authorization", "secret", SECRET, what="secret")
    options["transport"] = server
    return Session("https://host/api", credential, **options)


def body_of(route: Route[JSON]) -> JSON | None:
    return {"a": 1} if route.writes else None


async def error_of(
    route: Route[JSON], server: Scripted, **options: Unpack[Options]
) -> errors.CallError:
    async with session_at(server, **options) as session:
        with pytest.raises(errors.CallError) as caught:
            await session.call(route, {}, body_of(route))
    return caught.value


# The table of session/retry.py: by fate, whether each kind of call is sent again, and the error
# that it ends in.
Ends: TypeAlias = tuple[bool, type[errors.CallError]]

UNSENT: tuple[Step, ...] = (
    REFUSED,
    httpx.ConnectTimeout("late"),
    httpx.PoolTimeout("full"),
    httpx.ProxyError("no"),
    httpx.UnsupportedProtocol("gopher"),
    httpx.LocalProtocolError("bad header"),
    ConnectionRefusedError(111, "refused"),
)
NO_ANSWER: tuple[Step, ...] = (
    LOST,
    httpx.WriteError("broken pipe"),
    httpx.ReadTimeout("late"),
    httpx.WriteTimeout("late"),
    httpx.RemoteProtocolError("Server disconnected without sending a response."),
    httpx.CloseError("closed"),
    httpx.DecodingError("bad gzip"),
    ConnectionResetError(104, "reset"),
    BrokenPipeError(32, "broken"),
    OSError("no route"),
    anyio.BrokenResourceError("broken"),
    anyio.ClosedResourceError("closed"),
    anyio.EndOfStream("end"),
    Say(b'{"a": 1', cut_by=httpx.RemoteProtocolError("peer closed connection")),
    Say(b"{}", headers={"content-encoding": "gzip"}),
)


def ends(read: Ends, safe: Ends, write: Ends) -> list[tuple[Route[JSON], Ends]]:
    return [(READ, read), (SAFE, safe), (WRITE, write)]


def refused(
    status: int, kind: type[errors.ApiError]
) -> tuple[Step, list[tuple[Route[JSON], Ends]]]:
    return Say({"error": "no"}, status), ends((False, kind), (False, kind), (False, kind))


ENDS: list[tuple[Step, list[tuple[Route[JSON], Ends]]]] = [
    *((step, ends(*[(True, errors.NotSent)] * 3)) for step in UNSENT),
    *(
        (
            step,
            ends(
                (True, errors.ConnectionLost),
                (True, errors.UnknownOutcome),
                (False, errors.UnknownOutcome),
            ),
        )
        for step in NO_ANSWER
    ),
    (Say({"error": "slow"}, 429), ends(*[(True, errors.RateLimited)] * 3)),
    *(
        (
            Say({"error": "down"}, status),
            ends(
                (status != 500, errors.ServerError),
                (status != 500, errors.UnknownAfterServerError),
                (False, errors.UnknownAfterServerError),
            ),
        )
        for status in (500, 502, 503, 504)
    ),
    refused(400, errors.BadRequest),
    refused(403, errors.Forbidden),
    refused(404, errors.NotFound),
    refused(408, errors.ApiError),
    refused(409, errors.Conflicted),
    refused(422, errors.Unprocessable),
]
ROWS = [(step, route, *how) for step, row in ENDS for route, how in row]


@each(
    ("step", "route", "again", "kind"),
    ROWS,
    ids=[f"{str(step)[:40]} {route.heading}" for step, route, _, _ in ROWS],
)
def test_an_attempt_is_repeated_by_its_end_and_the_call(
    anyio_backend: str, step: Step, route: Route[JSON], again: bool, kind: type[errors.CallError]
) -> None:
    server = Scripted(step)
    error = in_virtual_time(anyio_backend, lambda: error_of(route, server, retries=3))
    assert type(error) is kind
    assert len(server.requests) == (4 if again else 1)
    assert len(error.attempts) == len(server.requests)
    assert [attempt.number for attempt in error.attempts] == [*range(1, len(error.attempts) + 1)]
    assert (error.method, error.path) == (route.method, "/api/thing")


@pytest.mark.parametrize("route", [READ, SAFE, WRITE], ids=lambda route: route.heading)
async def test_without_retries_each_call_is_sent_once(route: Route[JSON]) -> None:
    for step in (REFUSED, LOST, Say(status=429), Say(status=503), Say(status=500)):
        server = Scripted(step)
        await error_of(route, server, retries=0)
        assert len(server.requests) == 1


@pytest.mark.parametrize("route", [READ, SAFE, WRITE], ids=lambda route: route.heading)
async def test_a_call_whose_connection_fails_is_sent_again_and_succeeds(route: Route[JSON]) -> None:
    server = Scripted(REFUSED, Say({"a": 2}))
    async with session_at(server) as session:
        assert await session.call(route, {}, body_of(route)) == {"a": 2}
    assert len({request.content for request in server.requests}) == 1
    assert len(server.requests) == 2


async def test_a_create_whose_reply_is_lost_is_sent_once() -> None:
    server = Scripted(LOST)
    async with donut_at(server) as donut:
        with pytest.raises(errors.UnknownOutcome, match="connection reset"):
            await donut.cards.create("b", title="T")
    assert len(server.requests) == 1


async def test_a_create_that_was_throttled_is_sent_again() -> None:
    server = Scripted(Say(status=429), Say({"_id": {"$oid": "1"}}))
    async with donut_at(server) as donut:
        assert (await donut.cards.create("b", title="T")).id == "1"
    assert len(server.requests) == 2


@pytest.mark.parametrize("last", [Say(status=404), Say(status=429), Say(status=302), REFUSED, LOST])
def test_a_safe_write_that_was_lost_stays_unknown_whatever_comes_after(
    anyio_backend: str, last: Step
) -> None:
    server = Scripted(LOST, last)
    error = in_virtual_time(anyio_backend, lambda: error_of(SAFE, server, retries=1))
    assert isinstance(error, errors.UnknownOutcome)
    assert len(server.requests) == 2


def test_a_safe_write_that_was_lost_is_known_once_it_is_accepted(anyio_backend: str) -> None:
    server = Scripted(LOST, Say({"a": 1}))

    async def main() -> JSON:
        async with session_at(server) as session:
            return await session.call(SAFE, {}, {})

    assert in_virtual_time(anyio_backend, main) == {"a": 1}


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_obeyed_in_both_its_forms(
    anyio_backend: str, status: int, form: str
) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=31), usegmt=True)
    header = "30" if form == "seconds" else date
    server = Scripted(Say(status=status, headers={"retry-after": header}), Say({"a": 1}))

    async def main() -> JSON:
        async with session_at(server) as session:
            return await session.call(READ, {})

    assert in_virtual_time(anyio_backend, main) == {"a": 1}
    waited = server.times[1] - server.times[0]
    # A date has whole seconds, and the real clock goes on meanwhile.
    assert waited == pytest.approx(30) if form == "seconds" else 10 < waited <= 31


async def test_a_retry_after_that_names_no_time_is_ignored() -> None:
    server = Scripted(Say(status=429, headers={"retry-after": "soon"}), Say({"a": 1}))
    async with session_at(server) as session:
        assert await session.call(READ, {}) == {"a": 1}


@pytest.mark.parametrize("value", ["Mon, 05 Jan 2026 08:00:30 +" + "9" * 30, "9" * 400, "\xff"])
async def test_no_retry_after_makes_a_call_fail_in_another_way(value: str) -> None:
    server = Scripted(Say(status=429, headers={"retry-after": value}))
    assert isinstance(await error_of(READ, server, retries=0), errors.RateLimited)


@pytest.mark.parametrize(("status", "kind"), [(429, errors.RateLimited), (503, errors.ServerError)])
@pytest.mark.parametrize("header", ["3600", "Fri, 31 Dec 2999 23:59:59 GMT"])
async def test_a_deadline_before_retry_after_fails_at_once(
    header: str, status: int, kind: type[errors.CallError]
) -> None:
    server = Scripted(Say({"error": "slow"}, status, {"retry-after": header}))
    with anyio.fail_after(5):
        error = await error_of(READ, server, deadline=60)
    assert type(error) is kind
    assert len(server.requests) == 1


def test_a_deadline_at_the_very_end_of_retry_after_fails_at_once_too(
    anyio_backend: str,
) -> None:
    server = Scripted(Say({"error": "slow"}, 429, {"retry-after": "60"}))

    async def main() -> tuple[errors.CallError, float]:
        begin = anyio.current_time()
        error = await error_of(READ, server, deadline=60)
        return error, anyio.current_time() - begin

    error, seconds = in_virtual_time(anyio_backend, main)
    assert isinstance(error, errors.RateLimited)
    assert seconds == 0


def test_the_waits_grow_have_jitter_and_never_pass_the_deadline(anyio_backend: str) -> None:
    server = Scripted(REFUSED)

    async def main() -> errors.CallError:
        return await error_of(READ, server, retries=1000, deadline=100)

    error = in_virtual_time(anyio_backend, main)
    waits = [later - sooner for sooner, later in pairwise(server.times)]
    assert all(wait <= min(20, 0.2 * 2**number) for number, wait in enumerate(waits))
    assert len(set(waits)) == len(waits)
    assert server.times[-1] - server.times[0] <= 100
    assert len(error.attempts) == len(server.times)


def test_a_read_that_gets_no_answer_ends_at_its_deadline_with_its_history(
    anyio_backend: str,
) -> None:
    server = Scripted(Say(after=1000))
    error = in_virtual_time(anyio_backend, lambda: error_of(READ, server, timeout=4, deadline=10))
    assert type(error) is errors.DeadlineExceeded
    assert isinstance(error, TimeoutError)
    assert len(server.requests) == 3
    assert f"[{len(error.attempts)} attempts, " in str(error)
    assert "no answer within 4 s" in str(error)
    assert sum(attempt.seconds for attempt in error.attempts) <= 10


def test_a_write_that_gets_no_answer_until_its_deadline_is_of_unknown_outcome(
    anyio_backend: str,
) -> None:
    server = Scripted(Say(after=1000))
    error = in_virtual_time(
        anyio_backend, lambda: error_of(WRITE, server, timeout=100, deadline=10)
    )
    assert type(error) is errors.UnknownOutcome
    assert len(server.requests) == 1


def test_a_call_that_never_got_a_connection_says_so(anyio_backend: str) -> None:
    server = Scripted(Say(after=50))

    async def main() -> None:
        async with (
            session_at(server, concurrency=1, timeout=60) as session,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(use_up, session)
            await anyio.wait_all_tasks_blocked()
            with pytest.raises(errors.DeadlineExceeded, match="no connection was free"):
                await session.call(WRITE, {}, {}, deadline=anyio.current_time() + 5)
            tasks.cancel_scope.cancel()

    async def use_up(session: Session) -> None:
        await session.call(READ, {})

    in_virtual_time(anyio_backend, main)
    assert [request.method for request in server.requests] == ["GET"]


def test_a_deadline_that_passes_while_others_are_throttled_is_not_blamed_on_connections(
    anyio_backend: str,
) -> None:
    server = Scripted(Say(status=429, headers={"retry-after": "60"}))

    async def main() -> errors.CallError:
        async with session_at(server, deadline=10) as session:
            with pytest.raises(errors.RateLimited):
                await session.call(READ, {})
            with pytest.raises(errors.CallError) as caught:
                await session.call(READ, {})
            return caught.value

    error = in_virtual_time(anyio_backend, main)
    assert len(server.requests) == 1
    assert "no connection was free" not in str(error)


async def test_an_answer_larger_than_allowed_is_not_asked_for_again() -> None:
    server = Scripted(Say(b"x" * (65 << 20)))
    error = await error_of(READ, server)
    assert type(error) is errors.AnswerTooLarge
    assert isinstance(error, errors.DecodeError)
    assert len(server.requests) == 1


@pytest.mark.parametrize("last", [LOST, Say(status=422), Say(status=500), Say(status=503)])
async def test_the_error_holds_the_time_of_the_last_request_that_may_have_arrived(
    last: Step,
) -> None:
    error = await error_of(SAFE, Scripted(LOST, REFUSED, last, REFUSED), retries=2)
    assert isinstance(error, errors.UnknownOutcome)
    first, unsent, second = [attempt.sent_at for attempt in error.attempts]
    assert first is not None
    assert second is not None
    assert unsent is None
    assert first <= second <= datetime.now(UTC)
    assert error.sent_at == second


@pytest.mark.parametrize(
    ("attempt", "longest"), [(1, 0.2), (2, 0.4), (5, 3.2), (7, 12.8), (8, 20), (5000, 20)]
)
def test_a_wait_is_a_random_part_of_a_time_that_doubles_up_to_its_cap(
    attempt: int, longest: float
) -> None:
    backoff = Backoff(first=0.2, longest=20)
    waits = [backoff.seconds(attempt) for _ in range(200)]
    assert all(0 <= seconds <= longest for seconds in waits)
    assert min(waits) < longest / 4 < longest * 3 / 4 < max(waits)


@pytest.mark.parametrize(("deadline", "waits"), [(5, False), (5.1, True), (inf, True)])
def test_a_wait_lasts_as_long_as_it_was_asked_to_unless_the_deadline_comes_first(
    anyio_backend: str, deadline: float, waits: bool
) -> None:
    reported: list[float] = []

    async def main() -> float:
        begin = anyio.current_time()
        backoff = Backoff(first=0.2, longest=20)
        slept = await backoff.sleep(
            1, at_least=5, deadline=begin + deadline, on_wait=reported.append
        )
        assert slept == waits
        return anyio.current_time() - begin

    seconds = in_virtual_time(anyio_backend, main)
    assert (seconds, reported) == ((5, [5]) if waits else (0, []))


def test_a_wait_without_a_deadline_is_short_after_the_first_attempt(anyio_backend: str) -> None:
    async def main() -> float:
        begin = anyio.current_time()
        assert await Backoff(first=0.2, longest=20).sleep(1)
        return anyio.current_time() - begin

    assert 0 < in_virtual_time(anyio_backend, main) <= 0.2


class Flaky:
    """A call that fails so many times."""

    def __init__(self, failures: int) -> None:
        self.failures, self.calls = failures, 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.failures:
            raise (ValueError if self.failures == 1 else OSError)(self.calls)
        return "done"


@pytest.mark.parametrize("failures", [0, 2, 3])
def test_a_call_is_repeated_until_it_succeeds_or_the_attempts_are_used_up(
    anyio_backend: str, failures: int
) -> None:
    call = Flaky(failures)

    async def main() -> str:
        begin, backoff = anyio.current_time(), Backoff(first=0.2, longest=20)
        try:
            return await backoff.repeat(
                call, attempts=3, again=lambda error: isinstance(error, OSError)
            )
        finally:
            waited = anyio.current_time() - begin
            assert 0 < waited <= 0.2 + 0.4 if failures else waited == 0

    if failures == 3:
        with pytest.raises(OSError, match="3"):
            in_virtual_time(anyio_backend, main)
    else:
        assert in_virtual_time(anyio_backend, main) == "done"
    assert call.calls == min(failures + 1, 3)


def test_a_call_is_not_repeated_after_another_error(anyio_backend: str) -> None:
    call = Flaky(1)

    async def main() -> str:
        return await Backoff(first=0.2, longest=20).repeat(call, attempts=3, again=lambda _: False)

    with pytest.raises(ValueError, match="1"):
        in_virtual_time(anyio_backend, main)
    assert call.calls == 1


async def test_a_client_that_is_closed_between_two_attempts_tells_what_is_known() -> None:
    for route, step, expected in (
        (READ, LOST, errors.ConnectionLost),
        (READ, REFUSED, errors.NotSent),
        (READ, Say({}, status=503), errors.ServerError),
        (SAFE, LOST, errors.UnknownOutcome),
        (SAFE, REFUSED, errors.NotSent),
        (SAFE, Say({}, status=503), errors.UnknownAfterServerError),
        (WRITE, REFUSED, errors.NotSent),
        (WRITE, Say({}, status=429), errors.RateLimited),
    ):
        server, waits = Scripted(step), anyio.Event()

        def hook(event: Event, waits: anyio.Event = waits) -> None:
            if isinstance(event, Wait):
                waits.set()

        session = session_at(server, on_event=hook)
        await session.__aenter__()

        async def call(
            session: Session = session,
            route: Route[JSON] = route,
            expected: type[errors.CallError] = expected,
        ) -> None:
            with pytest.raises(expected):
                await session.call(route, {}, body_of(route))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(call)
            await waits.wait()
            await session.__aexit__(None, None, None)
        assert len(server.requests) == 1


async def test_a_client_may_be_closed_and_opened_again_during_a_call() -> None:
    alone = Route[JSON]("Write alone", "POST", "/thing", lambda data: data, one_writer=True)
    for route in (READ, SAFE, WRITE, alone):
        server = Scripted(Say({"done": 1}, after=0.02))
        session = session_at(server)
        found: list[JSON] = []

        async def call(
            session: Session = session, route: Route[JSON] = route, found: list[JSON] = found
        ) -> None:
            found.append(await session.call(route, {}, body_of(route)))

        async with anyio.create_task_group() as calls:
            async with session:
                calls.start_soon(call)
                await anyio.sleep(0.005)
            await session.__aenter__()
        await session.__aexit__(None, None, None)
        assert found == [{"done": 1}]
