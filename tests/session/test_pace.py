"""One pace for each credential at each host, shared by everybody who uses it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import pairwise

import anyio
import pytest

from agilekit import Event, FlyingDonut, RateLimited, Wait
from agilekit.errors import DeadlineExceeded
from tests.session.scripted import Say, Scripted, in_virtual_time

THROTTLED = Say(status=429, headers={"retry-after": "30"})


def client(
    server: Scripted,
    key: str = "0123456789",
    *,
    base_url: str = "https://host/api",
    rate: float | None = None,
    deadline: float = 120,
    on_event: Callable[[Event], object] | None = None,
) -> FlyingDonut:
    return FlyingDonut(
        "p",
        secret=key,
        base_url=base_url,
        rate=rate,
        deadline=deadline,
        retries=0,
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


def test_requests_leave_at_the_rate_that_was_asked_for() -> None:
    server = Scripted(Say({}))

    async def main() -> None:
        async with client(server, rate=4) as donut:
            await together(*[donut.project.get] * 9)
            await donut.project.get()

    in_virtual_time(main)
    assert gaps(server) == pytest.approx([0.25] * 9)


def test_a_rate_is_not_saved_up_while_nothing_is_sent() -> None:
    server = Scripted(Say({}))

    async def main() -> None:
        async with client(server, rate=1) as donut:
            await donut.project.get()
            await anyio.sleep(100)
            await together(*[donut.project.get] * 3)

    in_virtual_time(main)
    assert gaps(server) == pytest.approx([100, 1, 1])


def test_without_a_rate_nothing_waits() -> None:
    server = Scripted(Say({}))

    async def main() -> None:
        async with client(server) as donut:
            await together(*[donut.project.get] * 9)

    in_virtual_time(main)
    assert gaps(server) == [0] * 8


def test_two_clients_of_one_credential_share_one_rate() -> None:
    server, other = Scripted(Say({})), Scripted(Say({}))

    async def main() -> None:
        async with client(server, rate=2) as one, client(other, rate=2) as two:
            await together(*[one.project.get, two.project.get] * 3)

    in_virtual_time(main)
    times = sorted(server.times + other.times)
    assert [b - a for a, b in pairwise(times)] == pytest.approx([0.5] * 5)
    assert len(server.times) == len(other.times) == 3


@pytest.mark.parametrize("differ", ["secret", "host"])
def test_clients_of_other_credentials_or_hosts_have_rates_of_their_own(differ: str) -> None:
    server, other = Scripted(Say({})), Scripted(Say({}))

    async def main() -> None:
        two = (
            client(other, "9876543210", rate=2)
            if differ == "secret"
            else client(other, base_url="https://other/api", rate=2)
        )
        async with client(server, rate=2) as one, two:
            await together(*[one.project.get, two.project.get] * 3)

    in_virtual_time(main)
    assert gaps(server) == gaps(other) == pytest.approx([0.5] * 2)
    assert server.times == other.times


def test_a_429_holds_back_every_request_of_the_credential() -> None:
    server, other = Scripted(THROTTLED, Say({})), Scripted(Say({}))

    async def main() -> None:
        async with client(server) as one, client(other) as two:
            with pytest.raises(RateLimited):
                await one.project.get()
            await together(*[one.project.get, two.project.get] * 3)

    in_virtual_time(main)
    assert [time - server.times[0] for time in server.times[1:] + other.times] == [30] * 6


def test_a_429_holds_back_nobody_elses_requests() -> None:
    server, other = Scripted(THROTTLED), Scripted(Say({}))

    async def main() -> None:
        async with client(server) as one, client(other, "9876543210") as two:
            with pytest.raises(RateLimited):
                await one.project.get()
            await two.project.get()

    in_virtual_time(main)
    assert other.times == server.times


def test_a_429_that_comes_while_others_wait_their_turn_holds_them_back_too() -> None:
    server = Scripted(Say({}), THROTTLED, Say({}))

    async def main() -> None:
        async with client(server, rate=1) as donut:
            await together(*[donut.project.get] * 5)

    in_virtual_time(main)
    begin = server.times[0]
    assert [time - begin for time in server.times[:2]] == [0, 1]
    assert all(time - begin >= 31 for time in server.times[2:])
    assert all(gap >= 1 - 1e-9 for gap in gaps(server))


def test_a_later_and_shorter_429_does_not_shorten_a_longer_one() -> None:
    short = Say(status=429, headers={"retry-after": "1"}, after=1)
    server = Scripted(THROTTLED, short, Say({}))

    async def main() -> None:
        async with client(server) as donut:
            await together(donut.project.get, donut.project.get)
            await donut.project.get()

    in_virtual_time(main)
    assert server.times[2] - server.times[0] == 30


def test_no_429_stops_a_program_for_good() -> None:
    server = Scripted(Say(status=429, headers={"retry-after": "99999999"}), Say({}))

    async def main() -> None:
        async with client(server) as donut:
            await _quietly(donut.project.get)
            with pytest.raises(DeadlineExceeded):
                await donut.project.get()
            await anyio.sleep(600)
            await donut.project.get()

    in_virtual_time(main)
    assert len(server.requests) == 2


def test_a_429_that_names_no_time_holds_everybody_back_a_little() -> None:
    server = Scripted(Say(status=429), Say({}))

    async def main() -> None:
        async with client(server) as donut:
            await _quietly(donut.project.get)
            await donut.project.get()

    in_virtual_time(main)
    assert gaps(server) == [0.5]


def test_a_call_that_is_cancelled_while_it_waits_its_turn_hinders_nobody() -> None:
    server = Scripted(Say({}))

    async def main() -> None:
        async with client(server, rate=0.1) as donut:
            await donut.project.get()
            for _ in range(3):
                with anyio.move_on_after(1):
                    await donut.project.get()
            await donut.project.get()

    in_virtual_time(main)
    assert len(server.times) == 2


def test_a_call_whose_turn_comes_after_its_deadline_is_never_sent() -> None:
    server = Scripted(Say({}))

    async def main() -> None:
        async with client(server, rate=0.01, deadline=50) as donut:
            await donut.project.get()
            with pytest.raises(DeadlineExceeded):
                await donut.project.get()

    in_virtual_time(main)
    assert len(server.times) == 1


def test_the_hook_is_told_each_wait_for_a_turn_before_it_begins() -> None:
    server = Scripted(Say({}))
    told: list[tuple[float, Event]] = []

    async def main() -> None:
        def note(event: Event) -> None:
            told.append((anyio.current_time(), event))

        async with client(server, rate=0.5, on_event=note) as donut:
            await donut.project.get()
            await donut.project.get()

    in_virtual_time(main)
    [(moment, event)] = [(moment, event) for moment, event in told if isinstance(event, Wait)]
    assert (event.method, event.path, event.reason) == ("GET", "/api/projects/p", "pace")
    assert event.seconds == pytest.approx(2)
    assert moment == server.times[0]


def test_each_event_loop_has_paces_of_its_own() -> None:
    for _ in range(2):
        server = Scripted(THROTTLED)

        async def main(server: Scripted = server) -> None:
            async with client(server, deadline=10) as donut:
                with pytest.raises(RateLimited):
                    await donut.project.get()

        in_virtual_time(main)
        assert len(server.times) == 1
