"""Clients that work together share a number of requests in flight, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any, Unpack

import anyio
import httpx
import pytest

from agilekit import FlyingDonut
from agilekit.session.concurrency_limit import ConcurrencyLimit, Permit
from agilekit.session.options import Options
from tests.session.scripted import Say, Scripted
from tests.virtual_time import in_virtual_time

SECOND = Say({}, after=1)


def client(server: Scripted, host: str, **options: Unpack[Options]) -> FlyingDonut:
    options["transport"] = server
    return FlyingDonut("p", secret="0123456789", base_url=f"https://{host}/api", **options)


async def together(calls: list[Callable[[], Coroutine[Any, Any, object]]]) -> float:
    """Makes all calls, and gives how long that took."""
    began = anyio.current_time()
    async with anyio.create_task_group() as tasks:
        for call in calls:
            tasks.start_soon(call)
    return anyio.current_time() - began


def test_the_requests_of_all_clients_are_bounded_together(anyio_backend_name: str) -> None:
    server = Scripted(SECOND)

    async def main() -> float:
        async with client(server, "a") as one, client(server, "b") as other:
            with ConcurrencyLimit(3).shared():
                return await together([one.project.get, other.project.get] * 6)

    assert in_virtual_time(anyio_backend_name, main) == pytest.approx(4)
    assert server.most_in_flight == 3


def test_calls_outside_are_not_bounded(anyio_backend_name: str) -> None:
    server = Scripted(SECOND)

    async def main() -> float:
        async with client(server, "a") as one:
            with ConcurrencyLimit(1).shared():
                pass
            return await together([one.project.get] * 12)

    assert in_virtual_time(anyio_backend_name, main) == pytest.approx(1)


def test_what_waits_for_its_rate_takes_no_permit(anyio_backend_name: str) -> None:
    slow, fast = Scripted(Say({})), Scripted(SECOND)

    async def main() -> float:
        async with client(slow, "a", rate=0.5) as one, client(fast, "b") as other:
            took = 0.0

            async def others() -> None:
                nonlocal took
                await anyio.sleep(0.5)
                took = await together([other.project.get] * 10)

            with ConcurrencyLimit(2).shared():
                await together([*[one.project.get] * 8, others])
            return took

    # The slow client needs its place for a moment every other second.
    assert in_virtual_time(anyio_backend_name, main) <= 6


def test_what_waits_for_its_next_attempt_takes_no_permit(anyio_backend_name: str) -> None:
    throttled = Scripted(Say(status=429, headers={"retry-after": "60"}), Say({}))
    fast = Scripted(SECOND)

    async def main() -> float:
        async with client(throttled, "a") as one, client(fast, "b") as other:
            took = 0.0

            async def others() -> None:
                nonlocal took
                await anyio.sleep(1)
                took = await together([other.project.get] * 4)

            with ConcurrencyLimit(1).shared():
                await together([one.project.get, one.project.get, others])
            return took

    assert in_virtual_time(anyio_backend_name, main) == pytest.approx(4)


def test_rate_limiters_get_permits_in_turn(anyio_backend_name: str) -> None:
    server = Scripted(SECOND)

    async def main() -> None:
        async with (
            client(server, "a", rate=100) as one,
            client(server, "b", rate=100) as other,
        ):

            async def late() -> None:
                await anyio.sleep(0.1)
                await together([other.project.get] * 4)

            with ConcurrencyLimit(1).shared():
                await together([*[one.project.get] * 12, late])

    in_virtual_time(anyio_backend_name, main)
    hosts = [request.url.host for request in server.requests]
    assert hosts[:2] == ["a", "a"]  # the second waited already
    assert "".join(hosts[2:9]) == "bababab"


def test_a_pause_that_is_asked_for_meanwhile_is_kept(anyio_backend_name: str) -> None:
    refused = Say(status=429, headers={"retry-after": "30"}, after=1)

    async def main() -> list[float]:
        server = Scripted(refused, Say({}))
        async with client(server, "a") as one:
            with ConcurrencyLimit(1).shared():
                await together([one.project.get] * 3)
        return server.times

    first, *others = in_virtual_time(anyio_backend_name, main)
    assert all(left - first >= 31 for left in others)


def test_a_pause_that_is_asked_for_meanwhile_is_kept_by_a_rate_limiter(
    anyio_backend_name: str,
) -> None:
    refused = Say(status=429, headers={"retry-after": "30"}, after=1)

    async def main() -> list[float]:
        server = Scripted(refused, Say({}))
        async with client(server, "a", rate=10) as one:
            with ConcurrencyLimit(1).shared():
                await together([one.project.get] * 3)
        return server.times

    first, *others = in_virtual_time(anyio_backend_name, main)
    assert all(left - first >= 31 for left in others)
    assert all(b - a >= 0.1 for a, b in pairwise(others))


def test_permits_come_back_whatever_ends_a_request(anyio_backend_name: str) -> None:
    server = Scripted(Say({}, after=5), Say({}, after=5), httpx.ConnectError("gone"), Say({}))

    async def main() -> None:
        limit = ConcurrencyLimit(1)
        async with client(server, "a") as one:
            with limit.shared():
                for seconds in (1, 2):
                    with anyio.move_on_after(seconds):  # one in flight, one that waits
                        await together([one.project.get] * 2)
                await one.project.get()
                with anyio.fail_after(1):
                    await together([one.project.get] * 3)

    in_virtual_time(anyio_backend_name, main)
    assert server.most_in_flight == 1


def test_a_limit_shows_how_many_requests_are_in_flight(anyio_backend_name: str) -> None:
    async def main() -> None:
        limit = ConcurrencyLimit(2)
        permit = Permit()
        with limit.shared():
            await permit.acquire()
            assert repr(limit) == "<ConcurrencyLimit: 1 of 2 in flight>"
        permit.release()
        assert repr(limit) == "<ConcurrencyLimit: 0 of 2 in flight>"

    in_virtual_time(anyio_backend_name, main)
