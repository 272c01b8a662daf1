"""A version of -1 leaves once, and its outcome is told only when it is proved.

Everything runs in virtual time, since a server may still be at work long after a reply was lost.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import anyio
import pytest

from agilekit import (
    Abort,
    Conflicted,
    FlyingDonut,
    Force,
    NotSent,
    UnknownOutcome,
    Versioned,
    Wait,
)
from agilekit.events import Event
from agilekit.flyingdonut import Card
from tests.each import each
from tests.versioned.server import CARD, Server
from tests.versioned.test_strategies import connect
from tests.virtual_time import in_virtual_time

T = TypeVar("T")

LATE: Final = 31.0  # seconds after which a server may still make what it was sent


class Late(Server):
    """A server that commits a lost update so many seconds after its connection is gone."""

    def __init__(self, *, commits_after: float | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.commits_after = commits_after
        self._due: list[tuple[float, dict[str, Any]]] = []

    async def handle_async_request(self, request: Any) -> Any:
        now = anyio.current_time()
        for due, put in [one for one in self._due if one[0] <= now]:
            self._due.remove((due, put))
            self._update(put)
        before = len(self.puts)
        fate = self.lose[0] if self.lose else ""
        try:
            return await super().handle_async_request(request)
        finally:
            if fate == "before" and len(self.puts) > before and self.commits_after is not None:
                self._due.append((now + self.commits_after, self.puts[-1]))


def run(
    backend: str, server: Server, edit: Callable[[FlyingDonut], Awaitable[T]], **options: Any
) -> tuple[T, float]:
    """What an edit gives, and the seconds that it took."""

    async def main() -> tuple[T, float]:
        async with connect(server, **options) as donut:
            began = anyio.current_time()
            return await edit(donut), anyio.current_time() - began

    return in_virtual_time(backend, main)


def forced(server: Server) -> list[bool]:
    return [put["title"]["version"] == -1 for put in server.puts]


@pytest.mark.parametrize("commits_after", [0.3, LATE])
def test_a_forced_value_that_is_made_late_is_found_and_was_sent_once(
    anyio_backend: str, commits_after: float
) -> None:
    server = Late(commits_after=commits_after)
    server.lose = ["before"]

    async def edit(donut: FlyingDonut) -> Any:
        card = await donut.cards.get(CARD)
        return await donut.cards.update(card, title="Mine", on_conflict=Force())

    card, seconds = run(anyio_backend, server, edit)
    assert card.title == Versioned("Mine", 4)
    assert forced(server) == [True]
    assert commits_after <= seconds < commits_after + 6


def test_edits_that_were_confirmed_in_between_are_not_destroyed(anyio_backend: str) -> None:
    server = Late(commits_after=2.0)
    server.lose = ["before"]

    async def edit(donut: FlyingDonut) -> Any:
        card = await donut.cards.get(CARD)

        async def correct() -> None:
            await anyio.sleep(2.1)
            assert (await donut.cards.get(CARD)).title.value == "Mine"
            server.set(title="Corrected")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(correct)
            return await _unknown(donut, card)

    error, seconds = run(anyio_backend, server, edit)
    assert (server.values["title"], forced(server)) == ("Corrected", [True])
    assert seconds == pytest.approx(40, abs=1)
    detail = error.details["title"]
    assert (detail.base, detail.mine, detail.sent_version) == (Versioned("Old", 3), "Mine", -1)
    assert detail.found == Versioned("Corrected", 5) == error.evidence["title"]


async def _unknown(donut: FlyingDonut, card: Card) -> UnknownOutcome:
    with pytest.raises(UnknownOutcome) as caught:
        await donut.cards.update(card, title="Mine", on_conflict=Force())
    return caught.value


@pytest.mark.parametrize("fate", ["before", "502", "503", "504", "500"])
def test_what_was_never_made_is_gone_on_with_at_the_version_that_was_found(
    anyio_backend: str, fate: str
) -> None:
    server = Late(ignores=["title"])
    server.lose = [fate]

    async def edit(donut: FlyingDonut) -> Any:
        card = await donut.cards.get(CARD)
        server.before = [lambda: None, lambda: setattr(server, "ignores", [])]
        return await donut.cards.update(card, title="Mine", on_conflict=Force())

    card, seconds = run(anyio_backend, server, edit)
    assert card.title == Versioned("Mine", 4)
    assert [put["title"]["version"] for put in server.puts] == [-1, 3]
    assert seconds == pytest.approx(40, abs=1)


def test_another_value_at_exactly_the_next_version_proves_that_ours_was_never_made(
    anyio_backend: str,
) -> None:
    server = Late()
    server.lose = ["before"]

    async def edit(donut: FlyingDonut) -> Any:
        card = await donut.cards.get(CARD)
        server.before = [lambda: server.set(title="Theirs")]
        return await donut.cards.update(card, title="Mine", on_conflict=Force())

    card, _ = run(anyio_backend, server, edit)
    assert [put["title"]["version"] for put in server.puts] == [-1, 4]
    assert card.title == Versioned("Mine", 5)
    assert card.replaced == {"title": Versioned("Theirs", 4)}


def test_without_a_version_known_before_the_outcome_is_unknown(anyio_backend: str) -> None:
    server = Late()
    server.lose = ["before"]

    async def edit(donut: FlyingDonut) -> Any:
        with pytest.raises(UnknownOutcome) as caught:
            await donut.cards.update(CARD, title="Mine", on_conflict=Force())
        return caught.value

    error, _ = run(anyio_backend, server, edit)
    assert forced(server) == [True]
    assert error.details["title"].base == Versioned()
    assert error.details["title"].found == Versioned("Old", 3)


def test_the_deadline_of_the_call_bounds_the_looking(anyio_backend: str) -> None:
    server = Late()
    server.lose = ["before"]

    async def edit(donut: FlyingDonut) -> Any:
        card = await donut.cards.get(CARD)
        with pytest.raises(UnknownOutcome) as caught:
            await donut.cards.update(card, title="Mine", on_conflict=Force())
        return caught.value

    error, seconds = run(anyio_backend, server, edit, deadline=15)
    assert seconds == pytest.approx(15, abs=0.1)
    assert error.details["title"].found == Versioned("Old", 3)


@each(
    ("options", "horizon"),
    [
        ({}, 40),
        ({"settle_after": 90}, 90),
        ({"settle_after": 1}, 40),
        ({"timeout": 5, "settle_after": 20}, 20),
        ({"timeout": 5, "settle_after": 1}, 15),
        ({"timeout": 60}, 70),
    ],
)
def test_the_horizon_is_settle_after_but_never_less_than_the_timeout_and_ten(
    anyio_backend: str, options: dict[str, Any], horizon: float
) -> None:
    server = Late()
    server.lose = ["before"]
    told: list[Event] = []

    async def edit(donut: FlyingDonut) -> Any:
        card = await donut.cards.get(CARD)
        return await donut.cards.update(card, title="Mine", on_conflict=Force())

    _, seconds = run(anyio_backend, server, edit, on_event=told.append, **options)
    assert seconds == pytest.approx(horizon, abs=1)
    waits = [event for event in told if isinstance(event, Wait) and event.reason == "settle"]
    assert sum(wait.seconds for wait in waits) == pytest.approx(horizon, abs=1)


def test_the_lock_of_the_entity_is_held_while_the_value_is_looked_for(anyio_backend: str) -> None:
    server = Late(commits_after=20.0)
    server.lose = ["before"]
    order: list[str] = []

    async def edit(donut: FlyingDonut) -> Any:
        card = await donut.cards.get(CARD)

        async def first() -> None:
            await donut.cards.update(card, title="Mine", on_conflict=Force())
            order.append("forced")

        async def second() -> None:
            await anyio.sleep(1)
            await donut.cards.update(card, title=lambda now: f"{now}, too")
            order.append("second")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(first)
            tasks.start_soon(second)

    run(anyio_backend, server, edit)
    assert order == ["forced", "second"]
    assert server.values["title"] == "Mine, too"


def test_a_force_that_certainly_was_not_made_is_forced_again(anyio_backend: str) -> None:
    server = Late()
    server.lose = ["429", "429"]

    async def edit(donut: FlyingDonut) -> Any:
        return await donut.cards.update(CARD, title="Mine", on_conflict=Force())

    card, _ = run(anyio_backend, server, edit)
    assert card.title == Versioned("Mine", 4)
    assert forced(server) == [True, True, True]


def test_a_force_that_was_refused_with_the_whole_update_is_forced_again(
    anyio_backend: str,
) -> None:
    server = Server(whole=True)

    async def edit(donut: FlyingDonut) -> Any:
        card = await donut.cards.get(CARD)
        server.set(estimate=100)
        return await donut.cards.update(
            card, title="Mine", estimate=13, on_conflict={"title": Force()}
        )

    card, _ = run(anyio_backend, server, edit)
    assert forced(server) == [True, True]
    assert (card.title.value, card.estimate.value) == ("Mine", 13)


@pytest.mark.parametrize("status", [200, 409])
def test_a_forced_value_that_is_normalised_is_in_place_once_that_is_known(
    anyio_backend: str, status: int
) -> None:
    server = Server(status=status, store=lambda _, value: value.upper())

    async def edit(donut: FlyingDonut) -> Any:
        card = await donut.cards.get(CARD)
        return await donut.cards.update(card, title="Mine", on_conflict=Force())

    card, _ = run(anyio_backend, server, edit)
    assert card.title == Versioned("MINE", 4)
    # Asked with a version that is past; of a server that accepts conflicts, sent once more.
    past = [put["title"]["version"] for put in server.puts]
    assert past == ([-1, 3] if status == 409 else [-1, 3, 4])


@pytest.mark.parametrize("status", [200, 409])
def test_a_server_that_does_not_know_minus_one_is_not_believed(
    anyio_backend: str, status: int
) -> None:
    """It treats -1 as any other version that is not the current one."""
    server = Server(status=status)
    server.knows_force = False

    async def edit(donut: FlyingDonut) -> Any:
        card = await donut.cards.get(CARD)
        server.set(title="Theirs")
        if status == 200:
            return await donut.cards.update(card, title="Mine", on_conflict=Force())
        with pytest.raises(Conflicted) as caught:
            await donut.cards.update(card, title="Mine", on_conflict=Force())
        return caught.value

    end, _ = run(anyio_backend, server, edit)
    if status == 200:
        assert end.title == Versioned("Mine", 5)
        assert server.values["title"] == "Mine"
    else:
        assert end.applied == {}
        assert server.values["title"] == "Theirs"


def test_what_cannot_be_sent_after_a_lost_force_is_not_called_not_sent(
    anyio_backend: str,
) -> None:
    server = Late(ignores=["title"])
    server.lose = ["garbage"]

    async def edit(donut: FlyingDonut) -> Any:
        card = await donut.cards.get(CARD)
        original = server.handle_async_request

        async def refuse(request: Any) -> Any:
            if server.puts and request.method == "PUT":
                raise NotSent("refused")
            return await original(request)

        server.handle_async_request = refuse  # type: ignore[method-assign]
        with pytest.raises(UnknownOutcome) as caught:
            await donut.cards.update(card, title="Mine", on_conflict=Force())
        return caught.value

    error, _ = run(anyio_backend, server, edit, retries=0)
    assert set(error.details) == {"title"}


def test_abort_after_a_lost_reply_claims_no_conflict_that_it_cannot_prove(
    anyio_backend: str,
) -> None:
    server = Server()
    server.lose = ["after"]

    async def edit(donut: FlyingDonut) -> Any:
        card = await donut.cards.get(CARD)
        server.before = [lambda: None, lambda: server.set(title="Corrected")]
        with pytest.raises(UnknownOutcome) as caught:
            await donut.cards.update(card, title="Mine", on_conflict=Abort())
        return caught.value

    error, _ = run(anyio_backend, server, edit)
    assert server.values["title"] == "Corrected"
    assert error.details["title"].found == Versioned("Corrected", 5)
