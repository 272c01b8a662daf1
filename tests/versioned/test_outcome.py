"""Errors tell all: what was applied, what may be, and what nothing can tell any more."""

from __future__ import annotations

from typing import Any

import anyio
import httpx
import pytest

from agilekit import (
    FlyingDonut,
    Forbidden,
    Force,
    InvalidInput,
    Merge,
    NotSent,
    Reapply,
    UnknownOutcome,
)
from agilekit.events import Attempt, Conflict, Event, Wait
from agilekit.flyingdonut import Card, Oid
from agilekit.versioned import Versioned
from tests.virtual_time import in_virtual_time

from .server import CARD, Put, Server
from .test_strategies import connect

pytestmark = pytest.mark.anyio


def add_one(now: float | None) -> float:
    return (now or 0) + 1


def upper(_: str, value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def test_a_forced_value_that_was_there_before_is_waited_for_before_others_may_edit(
    anyio_backend: str,
) -> None:
    server = Server()

    async def main() -> None:
        async with connect(server, retries=0) as donut:
            card = await donut.cards.get(CARD)
            server.lose = ["before"]
            began = anyio.current_time()
            await donut.cards.update(card, title="Old", on_conflict=Force())
            assert 39 < anyio.current_time() - began < 60

    in_virtual_time(anyio_backend, main)


@pytest.mark.quick(1)
async def test_a_refusal_of_several_does_not_tell_that_none_of_them_was_forced() -> None:
    class Partly(Server):
        def _update(self, put: Put) -> httpx.Response:
            super()._update({"title": put["title"]})
            return httpx.Response(422, json={"error": "the estimate is out of range"})

    server = Partly(store=upper)
    async with connect(server) as donut:
        with pytest.raises(UnknownOutcome) as caught:
            await donut.cards.update(CARD, title="Mine", estimate=-5, on_conflict=Force())
    assert server.values["title"] == "MINE"
    assert set(caught.value.details) == {"title", "estimate"}


class Boom(Exception):
    """The caller's own."""


@pytest.mark.parametrize("at", [Conflict, Wait])
async def test_the_error_of_a_hook_tells_what_was_applied_before_it(at: type[Event]) -> None:
    def hook(event: Event) -> None:
        if isinstance(event, at):
            raise Boom

    server = Server(whole=False)
    async with connect(server, on_event=hook) as donut:
        card = await donut.cards.get(CARD)
        server.set(estimate=100)
        with pytest.raises(Boom) as caught:
            await donut.cards.update(card, title="Mine", estimate=13)
    assert vars(caught.value)["applied"] == {"title": Versioned("Mine", 4)}
    assert caught.value.__notes__ == ["applied before: title"]


async def test_the_error_of_a_hook_that_is_told_of_the_answer_tells_what_may_be_applied() -> None:
    def hook(event: Event) -> None:
        if isinstance(event, Attempt) and event.method == "PUT":
            raise Boom

    server = Server()
    async with connect(server, on_event=hook) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(Boom) as caught:
            await donut.cards.update(card, title="Mine")
    assert caught.value.__notes__ == ["may be applied, too: title"]


async def test_a_bad_value_of_a_function_hides_no_doubt_about_what_was_sent_before() -> None:
    server = Server(whole=False, store=upper)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(estimate=100)
        wrong = Merge(lambda _, __, ___: "nonsense")
        with pytest.raises(UnknownOutcome, match="number") as caught:
            await donut.cards.update(
                card, title="Mine", estimate=13, on_conflict={"estimate": wrong, "title": Force()}
            )
    assert set(caught.value.details) == {"title"}
    assert server.values["title"] == "MINE"


@pytest.mark.parametrize("forced", [False, True])
def test_closing_the_client_under_an_edit_that_may_be_made_leaves_it_unknown(
    forced: bool, anyio_backend: str
) -> None:
    server = Server(store=upper)
    server.lose = ["after"]
    ends: list[UnknownOutcome] = []

    async def edit(donut: FlyingDonut, card: Card) -> None:
        strategy = Force() if forced else Reapply()
        with pytest.raises(UnknownOutcome) as caught:
            await donut.cards.update(card, title="Mine", on_conflict=strategy)
        ends.append(caught.value)

    async def main() -> None:
        async with anyio.create_task_group() as tasks, connect(server) as donut:
            tasks.start_soon(edit, donut, await donut.cards.get(CARD))
            await anyio.sleep(0.00001)

    in_virtual_time(anyio_backend, main)
    assert [set(end.details) for end in ends] == [{"title"}]


async def test_a_client_that_is_not_open_has_sent_nothing() -> None:
    donut = connect(Server())
    for card in (CARD, Card(Oid(CARD), title=Versioned("Old", 3))):
        with pytest.raises(InvalidInput, match="not open"):
            await donut.cards.update(card, title="Mine")


@pytest.mark.parametrize("then", ["403", "no connection"])
async def test_after_a_success_that_shows_nothing_of_it_no_failure_says_that_nothing_was_done(
    then: str,
) -> None:
    server = Server()
    async with connect(server, retries=0) as donut:
        card = await donut.cards.get(CARD)
        before = server.card()
        server.answer = lambda _, __, ___: before
        server.lose = ["", then, "", then]
        card = await donut.cards.update(card, title="Mine")  # found in place
        assert card.title.version == 4
        with pytest.raises(UnknownOutcome) as caught:
            await donut.cards.update(card, estimate=add_one)
    assert server.values["estimate"] == 6
    assert set(caught.value.details) == {"estimate"}
    assert isinstance(caught.value.__cause__, Forbidden if then == "403" else NotSent)


def test_what_was_seen_before_the_horizon_is_not_what_there_is_after_it(anyio_backend: str) -> None:
    server = Server()

    async def main() -> None:
        async with connect(server, retries=0) as donut:
            card = await donut.cards.get(CARD)
            began = anyio.current_time()

            def at_the_horizon() -> None:
                if anyio.current_time() > began + 39:
                    server.before_reads.clear()
                    server.set(estimate=6)  # made late
                    raise httpx.ReadError("dropped")

            server.before_reads = [at_the_horizon] * 100
            server.lose = ["before"]
            with pytest.raises(UnknownOutcome):
                await donut.cards.update(card, estimate=add_one, on_conflict=Force())

    in_virtual_time(anyio_backend, main)
    assert server.values["estimate"] == 6
