"""Each fault does what it says to the state and to the answer, in process and over a socket."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal, TypeAlias, cast

import anyio
import httpx
import pytest

from agilekit.sandbox import Faults, Sandbox
from tests.sandbox.flyingdonut.caller import Caller

pytestmark = pytest.mark.anyio

Reach: TypeAlias = Callable[[Faults], AbstractAsyncContextManager[Caller]]


def only(**odds: float) -> Faults:
    return cast("Callable[..., Faults]", Faults)(**odds)


class InProcess:
    def __init__(self, faults: Faults) -> None:
        self._caller = Caller(Sandbox("empty", faults=faults))

    async def __aenter__(self) -> Caller:
        return self._caller

    async def __aexit__(self, *_: object) -> None:
        await self._caller.http.aclose()


class OverSocket:
    def __init__(self, faults: Faults) -> None:
        self._sandbox = Sandbox("empty", faults=faults)
        self._server = self._sandbox.serve()

    async def __aenter__(self) -> Caller:
        self._caller = Caller(self._sandbox, await self._server.__aenter__())
        return self._caller

    async def __aexit__(self, *_: object) -> None:
        await self._caller.http.aclose()
        await self._server.__aexit__(None, None, None)


@pytest.fixture(params=[InProcess, OverSocket])
def reach(request: pytest.FixtureRequest) -> Reach:
    way: Reach = request.param
    return way


@pytest.mark.parametrize(
    ("name", "status", "applied"),
    [
        ("rate_limited", 429, False),
        ("bad_gateway", 502, False),
        ("error_before", 500, False),
        ("error_after", 500, True),
        ("garbage", 200, True),
    ],
)
async def test_a_fault_with_an_answer_has_its_status(
    reach: Reach, name: str, status: int, *, applied: bool
) -> None:
    async with reach(only(**{name: 1.0})) as caller:
        answer = await caller.post(caller.new_card, caller.draft("Card"))
        assert answer.status_code == status
        assert caller.titles() == ["Card"] * applied
        (record,) = caller.sandbox.requests
        assert (record.method, record.status, record.fault) == ("POST", status, name)


@pytest.mark.parametrize(("name", "applied"), [("drop_before", False), ("drop_after", True)])
async def test_a_dropped_connection_gives_no_answer(
    reach: Reach, name: str, *, applied: bool
) -> None:
    async with reach(only(**{name: 1.0})) as caller:
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            await caller.post(caller.new_card, caller.draft("Card"))
        assert caller.titles() == ["Card"] * applied
        assert caller.sandbox.requests[-1].status is None


async def test_a_cut_body_breaks_off_after_the_change(reach: Reach) -> None:
    async with reach(Faults(cut_body=1)) as caller:
        request = caller.http.build_request(
            "POST", caller.root + caller.new_card, json=caller.draft("Card")
        )
        answer = await caller.http.send(request, stream=True)
        assert answer.status_code == 200
        parts = answer.aiter_raw()
        first = await anext(parts)
        assert 0 < len(first) < int(answer.headers["content-length"])
        with pytest.raises(httpx.RemoteProtocolError, match="peer closed"):
            await anext(parts)
        await answer.aclose()
        assert caller.titles() == ["Card"]


async def test_a_garbage_body_is_not_json(reach: Reach) -> None:
    async with reach(Faults(garbage=1)) as caller:
        with pytest.raises(ValueError, match="Expecting value"):
            (await caller.get()).json()


async def test_the_next_request_after_a_drop_is_served(reach: Reach) -> None:
    async with reach(Faults(drop_before=1)) as caller:
        with pytest.raises(httpx.RemoteProtocolError):
            await caller.get()
        caller.sandbox.faults = Faults()
        assert (await caller.get()).status_code == 200


async def test_a_drop_before_a_body_and_a_storm_leave_the_card_alone(reach: Reach) -> None:
    async with reach(Faults(drop_before=1, conflict_storm=1)) as caller:
        card = caller.project.add_card("Card")
        with pytest.raises(httpx.RemoteProtocolError):
            await caller.put(f"/items/{card.id}", title={"value": "New", "version": 0})
        assert card.title.version == 0


@pytest.mark.parametrize(("given", "sent"), [(1.0, "1"), (0.25, "0.25"), (0, "0"), (120, "120")])
async def test_retry_after_is_given_in_seconds(given: float, sent: str) -> None:
    caller = Caller(Sandbox(faults=Faults(rate_limited=1, retry_after=given)))
    assert (await caller.get()).headers["retry-after"] == sent


async def test_retry_after_is_given_as_a_date_that_is_not_too_early() -> None:
    before = datetime.now(UTC)
    faults = Faults(rate_limited=1, retry_after=90, retry_after_form="date")
    header = (await Caller(Sandbox(faults=faults)).get()).headers["retry-after"]
    assert header.endswith(" GMT")
    date = parsedate_to_datetime(header)
    assert before + timedelta(seconds=90) <= date <= datetime.now(UTC) + timedelta(seconds=91)


async def test_latency_beyond_the_read_timeout_times_out_and_the_change_is_made() -> None:
    caller = Caller(Sandbox("empty", faults=Faults(latency=30)))
    caller.http.timeout = httpx.Timeout(5, read=0.01)
    with pytest.raises(httpx.ReadTimeout):
        await caller.post(caller.new_card, caller.draft("Card"))
    assert caller.titles() == ["Card"]


async def test_latency_over_a_socket_holds_the_answer_back(reach: Reach) -> None:
    async with reach(Faults(latency=0.05)) as caller:
        start = anyio.current_time()
        assert (await caller.get()).status_code == 200
        assert anyio.current_time() - start >= 0.04


async def test_faults_keep_to_the_methods_that_are_named() -> None:
    faults = Faults(error_before=1, latency=30, methods=frozenset({"POST"}))
    caller = Caller(Sandbox("empty", faults=faults))
    assert (await caller.get()).status_code == 200
    assert caller.sandbox.requests[-1].fault is None
    caller.sandbox.faults = Faults(error_before=1, methods=frozenset({"POST"}))
    assert (await caller.post(caller.new_card, caller.draft("Card"))).status_code == 500


async def test_the_same_seed_repeats_the_same_faults() -> None:
    async def run(seed: int) -> list[str | None]:
        caller = Caller(Sandbox(faults=Faults(error_before=0.3, bad_gateway=0.3, seed=seed)))
        for _ in range(40):
            await caller.get()
        return [record.fault for record in caller.sandbox.requests]

    assert await run(1) == await run(1)
    assert await run(1) != await run(2)
    assert set(await run(1)) == {None, "error_before", "bad_gateway"}


async def test_assigning_faults_starts_their_sequence_anew() -> None:
    caller = Caller(Sandbox())
    seen: list[list[str | None]] = []
    for _ in range(2):
        caller.sandbox.faults = Faults(error_before=0.5)
        for _ in range(20):
            await caller.get()
        seen.append([record.fault for record in caller.sandbox.requests[-20:]])
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    "bad",
    [
        {"drop_before": 1.1},
        {"garbage": -0.1},
        {"conflict_storm": float("nan")},
        {"latency": -1},
        {"retry_after": float("inf")},
        {"drop_before": 0.6, "drop_after": 0.6},
    ],
)
def test_faults_out_of_range_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(bad)) if len(bad) == 1 else "sum to 1.2"):
        only(**bad)


def test_probabilities_that_sum_to_one_are_accepted() -> None:
    names = ("rate_limited", "bad_gateway", "error_before", "error_after", "garbage", "cut_body")
    faults = only(**dict.fromkeys(names, 1 / 6))
    assert sum(faults.odds()) == pytest.approx(1)


def test_retry_after_has_two_forms() -> None:
    with pytest.raises(ValueError, match="retry_after_form"):
        Faults(retry_after_form=cast("Literal['date']", "minutes"))
