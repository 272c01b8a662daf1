"""One rate limiter for each credential at each host, shared by everybody who uses it."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import pairwise
from random import Random

import anyio
import httpx
import pytest

from agilekit import Event, FlyingDonut, RateLimited, Wait
from agilekit.errors import CallError, DeadlineExceeded
from tests.session.scripted import Say, Scripted
from tests.virtual_time import in_virtual_time, pass_time

USED = 0.98  # the part of a configured rate that is used
THROTTLED = Say(status=429, headers={"retry-after": "30"})


def client(
    server: httpx.AsyncBaseTransport,
    key: str = "0123456789",
    *,
    base_url: str = "https://host/api",
    rate: float | None = None,
    deadline: float = 120,
    retries: int = 0,
    on_event: Callable[[Event], object] | None = None,
) -> FlyingDonut:
    return FlyingDonut(
        "p",
        secret=key,
        base_url=base_url,
        rate=rate,
        deadline=deadline,
        retries=retries,
        transport=server,
        on_event=on_event,
    )


async def together(*calls: Callable[[], Awaitable[object]]) -> None:
    async with anyio.create_task_group() as tasks:
        for call in calls:
            tasks.start_soon(_quietly, call)


async def _quietly(call: Callable[[], Awaitable[object]]) -> None:
    try:
        await call()
    except RateLimited:
        return


def gaps(server: Scripted) -> list[float]:
    return [b - a for a, b in pairwise(server.times)]


def test_requests_leave_at_the_rate_that_was_asked_for(anyio_backend: str) -> None:
    server = Scripted(Say({}))

    async def main() -> None:
        async with client(server, rate=4) as donut:
            await together(*[donut.project.get] * 9)
            await donut.project.get()

    in_virtual_time(anyio_backend, main)
    assert gaps(server) == pytest.approx([0.25 / USED] * 9)


def test_a_rate_is_not_saved_up_while_nothing_is_sent(anyio_backend: str) -> None:
    server = Scripted(Say({}))

    async def main() -> None:
        async with client(server, rate=1) as donut:
            await donut.project.get()
            await anyio.sleep(100)
            await together(*[donut.project.get] * 3)

    in_virtual_time(anyio_backend, main)
    assert gaps(server) == pytest.approx([100, 1 / USED, 1 / USED])


def test_without_a_rate_nothing_waits(anyio_backend: str) -> None:
    server = Scripted(Say({}))

    async def main() -> None:
        async with client(server) as donut:
            await together(*[donut.project.get] * 9)

    in_virtual_time(anyio_backend, main)
    assert gaps(server) == [0] * 8


def test_two_clients_of_one_credential_share_one_rate(anyio_backend: str) -> None:
    server, other = Scripted(Say({})), Scripted(Say({}))

    async def main() -> None:
        async with client(server, rate=2) as one, client(other, rate=2) as two:
            await together(*[one.project.get, two.project.get] * 3)

    in_virtual_time(anyio_backend, main)
    times = sorted(server.times + other.times)
    assert [b - a for a, b in pairwise(times)] == pytest.approx([0.5 / USED] * 5)
    assert len(server.times) == len(other.times) == 3


@pytest.mark.parametrize("differ", ["secret", "host"])
def test_clients_of_other_credentials_or_hosts_have_rates_of_their_own(
    anyio_backend: str, differ: str
) -> None:
    server, other = Scripted(Say({})), Scripted(Say({}))

    async def main() -> None:
        two = (
            client(other, "9876543210", rate=2)
            if differ == "secret"
            else client(other, base_url="https://other/api", rate=2)
        )
        async with client(server, rate=2) as one, two:
            await together(*[one.project.get, two.project.get] * 3)

    in_virtual_time(anyio_backend, main)
    assert gaps(server) == gaps(other) == pytest.approx([0.5 / USED] * 2)
    assert server.times == other.times


def test_a_429_holds_back_every_request_of_the_credential(anyio_backend: str) -> None:
    server, other = Scripted(THROTTLED, Say({})), Scripted(Say({}))

    async def main() -> None:
        async with client(server) as one, client(other) as two:
            with pytest.raises(RateLimited):
                await one.project.get()
            await together(*[one.project.get, two.project.get] * 3)

    in_virtual_time(anyio_backend, main)
    after = sorted(time - server.times[0] for time in server.times[1:] + other.times)
    assert after[0] == 30
    assert len(after) == 6


def test_a_429_holds_back_only_requests_of_its_credential(anyio_backend: str) -> None:
    server, other = Scripted(THROTTLED), Scripted(Say({}))

    async def main() -> None:
        async with client(server) as one, client(other, "9876543210") as two:
            with pytest.raises(RateLimited):
                await one.project.get()
            await two.project.get()

    in_virtual_time(anyio_backend, main)
    assert other.times == server.times


def test_a_429_that_comes_while_others_wait_their_turn_holds_them_back_too(
    anyio_backend: str,
) -> None:
    server = Scripted(Say({}), THROTTLED, Say({}))

    async def main() -> None:
        async with client(server, rate=1) as donut:
            await together(*[donut.project.get] * 5)

    in_virtual_time(anyio_backend, main)
    begin = server.times[0]
    assert [time - begin for time in server.times[:2]] == pytest.approx([0, 1 / USED])
    assert all(time - begin >= 31 for time in server.times[2:])
    assert all(gap >= 1 - 1e-9 for gap in gaps(server))


def test_a_later_and_shorter_429_does_not_shorten_a_longer_one(anyio_backend: str) -> None:
    short = Say(status=429, headers={"retry-after": "1"}, after=1)
    server = Scripted(THROTTLED, short, Say({}))

    async def main() -> None:
        async with client(server) as donut:
            await together(donut.project.get, donut.project.get)
            await donut.project.get()

    in_virtual_time(anyio_backend, main)
    assert server.times[2] - server.times[0] == 30


def test_no_429_stops_a_program_for_good(anyio_backend: str) -> None:
    server = Scripted(Say(status=429, headers={"retry-after": "99999999"}), Say({}))

    async def main() -> None:
        async with client(server) as donut:
            await _quietly(donut.project.get)
            await donut.project.get()

    in_virtual_time(anyio_backend, main)
    assert gaps(server) == [60]


def test_a_429_that_names_no_time_holds_back_no_other_request(anyio_backend: str) -> None:
    server = Scripted(Say(status=429), Say({}))

    async def main() -> None:
        async with client(server) as donut:
            await _quietly(donut.project.get)
            await donut.project.get()

    in_virtual_time(anyio_backend, main)
    assert gaps(server)[0] < 0.2  # no more than the rate asks for


def test_a_call_that_is_cancelled_while_it_waits_its_turn_delays_no_other(
    anyio_backend: str,
) -> None:
    server = Scripted(Say({}))

    async def main() -> None:
        async with client(server, rate=0.1) as donut:
            await donut.project.get()
            for _ in range(3):
                with anyio.move_on_after(1):
                    await donut.project.get()
            await donut.project.get()

    in_virtual_time(anyio_backend, main)
    assert len(server.times) == 2


def test_a_call_whose_turn_comes_after_its_deadline_is_never_sent(anyio_backend: str) -> None:
    server = Scripted(Say({}))

    async def main() -> None:
        async with client(server, rate=0.01, deadline=50) as donut:
            await donut.project.get()
            with pytest.raises(DeadlineExceeded):
                await donut.project.get()

    in_virtual_time(anyio_backend, main)
    assert len(server.times) == 1


def test_the_hook_gets_each_wait_for_a_turn_before_it_begins(anyio_backend: str) -> None:
    server = Scripted(Say({}))
    told: list[tuple[float, Event]] = []

    async def main() -> None:
        def note(event: Event) -> None:
            told.append((anyio.current_time(), event))

        async with client(server, rate=0.5, on_event=note) as donut:
            await donut.project.get()
            await donut.project.get()

    in_virtual_time(anyio_backend, main)
    [(moment, event)] = [(moment, event) for moment, event in told if isinstance(event, Wait)]
    assert (event.method, event.path, event.reason) == ("GET", "/api/projects/p", "pace")
    assert event.seconds == pytest.approx(2 / USED)
    assert moment == server.times[0]


def test_each_event_loop_has_rate_limiters_of_its_own(anyio_backend: str) -> None:
    for _ in range(2):
        server = Scripted(THROTTLED)

        async def main(server: Scripted = server) -> None:
            async with client(server, deadline=10) as donut:
                with pytest.raises(RateLimited):
                    await donut.project.get()

        in_virtual_time(anyio_backend, main)
        assert len(server.times) == 1


def test_the_lowest_rate_of_the_open_clients_holds_for_all_of_them(anyio_backend: str) -> None:
    server = Scripted(Say({}))

    async def main() -> None:
        async with client(server, rate=10) as fast, client(server) as free:
            async with client(server, rate=2) as slow:
                await together(fast.project.get, free.project.get, slow.project.get)
            await together(*[free.project.get] * 3)

    in_virtual_time(anyio_backend, main)
    assert gaps(server)[:2] == pytest.approx([0.5 / USED] * 2)
    assert gaps(server)[3:] == pytest.approx([0.1 / USED] * 2)


def test_a_client_without_a_rate_is_free_again_when_the_others_are_closed(
    anyio_backend: str,
) -> None:
    server = Scripted(Say({}))

    async def main() -> None:
        async with client(server) as free:
            async with client(server, rate=2) as slow:
                await slow.project.get()
            await anyio.sleep(1)
            await together(*[free.project.get] * 9)

    in_virtual_time(anyio_backend, main)
    assert gaps(server)[1:] == [0] * 8


@pytest.mark.parametrize("after", [0.2, 1.5])
def test_the_turn_of_a_call_that_is_cancelled_goes_to_the_next(
    anyio_backend: str, after: float
) -> None:
    server = Scripted(Say({}))
    done: list[int] = []

    async def main() -> None:
        async def call(number: int) -> None:
            with anyio.move_on_after(after if number == 1 else 100):
                await donut.project.get()
                done.append(number)

        async with client(server, rate=0.5) as donut:
            await donut.project.get()
            async with anyio.create_task_group() as tasks:
                for number in range(1, 5):
                    tasks.start_soon(call, number)
                    await anyio.wait_all_tasks_blocked()

    in_virtual_time(anyio_backend, main)
    assert done == [2, 3, 4]
    assert gaps(server) == pytest.approx([2 / USED] * 3)


def test_the_wait_of_each_call_says_how_long_its_queue_is(anyio_backend: str) -> None:
    server = Scripted(Say({}))
    told: list[Event] = []

    async def main() -> None:
        async with client(server, rate=2, on_event=told.append) as donut:
            await together(*[donut.project.get] * 5)

    in_virtual_time(anyio_backend, main)
    waits = [event.seconds for event in told if isinstance(event, Wait)]
    assert waits == pytest.approx([number * 0.5 / USED for number in range(1, 5)])


def test_a_call_whose_deadline_passes_in_the_queue_is_never_sent_and_blames_its_turn(
    anyio_backend: str,
) -> None:
    server = Scripted(Say({}))

    async def late(donut: FlyingDonut) -> None:
        with pytest.raises(DeadlineExceeded, match="its turn did not come"):
            await donut.project.get()

    async def main() -> None:
        async with (
            client(server, rate=0.1) as patient,
            client(server, deadline=15) as donut,
            anyio.create_task_group() as tasks,
        ):
            await patient.project.get()
            tasks.start_soon(patient.project.get)
            await anyio.wait_all_tasks_blocked()
            tasks.start_soon(late, donut)
            await anyio.wait_all_tasks_blocked()
            tasks.start_soon(patient.project.get)

    in_virtual_time(anyio_backend, main)
    assert gaps(server) == pytest.approx([10 / USED] * 2)


def test_the_hook_gets_a_pause_that_begins_while_a_call_waits_too(anyio_backend: str) -> None:
    server = Scripted(Say({}), Say(status=429, headers={"retry-after": "30"}, after=0.5), Say({}))
    told: list[Event] = []

    async def main() -> None:
        async with client(server, rate=1, on_event=told.append) as donut:
            await together(*[donut.project.get] * 3)

    in_virtual_time(anyio_backend, main)
    waits = [event.seconds for event in told if isinstance(event, Wait)]
    assert waits == pytest.approx([1 / USED, 2 / USED, 30.5 - 1 / USED])
    assert gaps(server) == pytest.approx([1 / USED, 30.5])


def test_a_program_that_is_a_little_late_each_time_does_not_fall_behind(anyio_backend: str) -> None:
    server = Scripted(Say({}))

    async def compute() -> None:
        while True:
            await anyio.sleep(0.007)
            pass_time(0.013)

    async def main() -> None:
        async with client(server, rate=30) as donut, anyio.create_task_group() as tasks:
            tasks.start_soon(compute)
            await together(*[donut.project.get] * 61)
            tasks.cancel_scope.cancel()

    in_virtual_time(anyio_backend, main)
    assert server.times[-1] - server.times[0] == pytest.approx(2 / USED, abs=0.02)


@pytest.mark.anyio
async def test_requests_are_spaced_by_real_clocks_too() -> None:
    server = Scripted(Say({}))
    async with client(server, rate=200) as one, client(server, rate=200) as two:
        await together(*[one.project.get, two.project.get] * 10)
    assert server.times[-1] - server.times[0] >= 19 / 200 - 0.02


@pytest.mark.anyio
async def test_a_turn_that_is_given_up_delays_no_other_by_real_clocks_either() -> None:
    server = Scripted(Say({}))
    async with client(server, rate=20) as donut, anyio.create_task_group() as tasks:

        async def give_up() -> None:
            with anyio.move_on_after(0.01):
                await donut.project.get()

        await donut.project.get()
        for call in (give_up, donut.project.get, give_up, donut.project.get):
            tasks.start_soon(call)
    assert len(server.times) == 3


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504])
def test_an_answer_with_a_failure_of_the_server_raises_no_rate(
    status: int, anyio_backend: str
) -> None:
    failure = Say(status=status)
    server = Scripted(Say(status=429, headers={"retry-after": "1"}), *[failure] * 12, Say({}))

    async def main() -> None:
        async with client(server) as donut:
            for _ in range(24):
                with suppress(CallError):
                    await donut.project.get()

    in_virtual_time(anyio_backend, main)
    while_failing, after = gaps(server)[1:13], gaps(server)[14:]
    assert while_failing == pytest.approx([1 / 9] * 12)
    assert all(gap < 1 / 9 - 0.001 for gap in after)  # a success does raise it


class Windowed(httpx.AsyncBaseTransport):
    """Serves so many requests a second and answers the rest with 429, as many servers do."""

    def __init__(self, limit: int = 50, *, sliding: bool, retry_after: str = "1") -> None:
        self.limit = limit
        self._sliding = sliding
        self._retry_after = retry_after
        self._random = Random(1)
        self._served: deque[float] = deque()
        self.answers: list[tuple[float, bool]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await anyio.sleep(self._random.uniform(0, 0.015))
        now = anyio.current_time()
        begin = now - 1 if self._sliding else now // 1 - 1e-9
        while self._served and self._served[0] <= begin:
            self._served.popleft()
        served = len(self._served) < self.limit
        self.answers.append((now, served))
        if not served:
            headers = {"retry-after": self._retry_after}
            return httpx.Response(429, headers=headers, request=request)
        self._served.append(now)
        await anyio.sleep(self._random.uniform(0, 0.04))
        return httpx.Response(200, json={"_id": {"$oid": "p"}}, request=request)

    def use(self, begin: float, end: float) -> tuple[float, float]:
        """The part of the limit that was used in that time, and the part of 429 in all answers."""
        served = [served for time, served in self.answers if begin <= time < end]
        used = sum(served) / (self.limit * (end - begin))
        return used, 1 - sum(served) / len(served)


@asynccontextmanager
async def clients(
    server: Windowed, number: int, rate: float | None
) -> AsyncGenerator[list[FlyingDonut]]:
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(client(server, rate=rate, retries=5))
            for _ in range(number)
        ]


def load(server: Windowed, seconds: float, rate: float | None = None) -> float:
    """Ten clients of 16 tasks each, as fast as they may. Gives when they began."""

    async def work(donut: FlyingDonut) -> None:
        while True:
            await donut.project.get()

    async def main() -> float:
        begin = anyio.current_time()
        async with clients(server, 10, rate) as donuts, anyio.create_task_group() as tasks:
            for donut in donuts * 16:
                tasks.start_soon(work, donut)
            await anyio.sleep(seconds)
            tasks.cancel_scope.cancel()
        return begin

    return in_virtual_time("trio", main)


windows = pytest.mark.parametrize("sliding", [True, False], ids=["sliding", "fixed"])


@pytest.mark.slow
@windows
def test_a_rate_that_is_the_servers_own_is_used_and_not_exceeded(sliding: bool) -> None:
    server = Windowed(sliding=sliding)
    begin = load(server, 65, rate=50)
    used, refused = server.use(begin, begin + 65)
    assert used >= 0.97
    assert refused < 0.005


@pytest.mark.slow
@windows
@pytest.mark.parametrize("rate", [None, 80])
@pytest.mark.parametrize("retry_after", ["1", "0"])
def test_an_unannounced_limit_is_found(sliding: bool, rate: float | None, retry_after: str) -> None:
    server = Windowed(sliding=sliding, retry_after=retry_after)
    begin = load(server, 65, rate)
    used, refused = server.use(begin + 5, begin + 65)
    assert used >= 0.85
    assert refused < 0.03


@pytest.mark.slow
@windows
def test_a_limit_that_moves_is_found_again(anyio_backend: str, sliding: bool) -> None:
    server = Windowed(sliding=sliding)

    async def work(donut: FlyingDonut) -> None:
        while True:
            await donut.project.get()

    async def main() -> float:
        begin = anyio.current_time()
        async with clients(server, 2, None) as donuts, anyio.create_task_group() as tasks:
            for donut in donuts * 8:
                tasks.start_soon(work, donut)
            for server.limit in (50, 10, 100):
                await anyio.sleep(100)
                used, refused = server.use(anyio.current_time() - 40, anyio.current_time())
                assert used >= 0.8
                assert refused < 0.03
            tasks.cancel_scope.cancel()
        return begin

    in_virtual_time(anyio_backend, main)


@pytest.mark.quick(2)
@pytest.mark.parametrize(("rate", "apart"), [(50, 2), (None, 6)])
def test_tasks_take_turns(anyio_backend: str, rate: float | None, apart: int) -> None:
    server = Windowed(sliding=True)
    done = [0] * 50
    spread: list[int] = []

    async def main() -> None:
        async def work(number: int, donut: FlyingDonut) -> None:
            for _ in range(20):
                await donut.project.get()
                done[number] += 1
                spread.append(max(done) - min(done))

        async with clients(server, 5, rate) as donuts, anyio.create_task_group() as tasks:
            for number, donut in enumerate(donuts * 10):
                tasks.start_soon(work, number, donut)

    in_virtual_time(anyio_backend, main)
    assert done == [20] * 50
    assert max(spread) <= apart
