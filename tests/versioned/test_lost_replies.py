"""A lost reply becomes neither a conflict with oneself nor a change made twice."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from agilekit import (
    Abort,
    Force,
    Merge,
    ServerError,
    UnknownOutcome,
)

from .server import CARD, Server
from .test_strategies import connect

pytestmark = pytest.mark.anyio


def add_one(now: float | None) -> float:
    return (now or 0) + 1


@pytest.mark.parametrize("status", [200, 409, 412])
@pytest.mark.parametrize("fate", ["before", "after", "503"])
async def test_the_very_same_request_is_sent_again_and_a_plain_value_is_found_in_place(
    status: int, fate: str
) -> None:
    server = Server(status=status)
    server.lose = [fate]
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, title="Mine")
    assert server.puts[0] == server.puts[1]
    assert len(server.puts) == 2
    assert (server.values["title"], server.versions["title"]) == ("Mine", 4)
    assert (card.title.value, card.title.version) == ("Mine", 4)


async def test_a_computed_change_that_was_lost_before_it_was_made_is_made_once() -> None:
    server = Server()
    server.lose = ["before"]
    async with connect(server) as donut:
        card = await donut.cards.update(await donut.cards.get(CARD), estimate=add_one)
    assert card.estimate.value == 6 == server.values["estimate"]


async def test_a_computed_change_that_may_be_inside_the_value_found_is_unknown() -> None:
    server = Server()
    server.lose = ["after"]
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(UnknownOutcome) as caught:
            await donut.cards.update(card, estimate=add_one)
    assert server.values["estimate"] == 6
    found = caught.value.evidence["estimate"]
    assert found == type(card.estimate)(6, 8)


async def test_a_merged_change_that_may_be_inside_the_value_found_is_unknown() -> None:
    server = Server()
    server.before = [lambda: server.set(title="Theirs")]
    server.lose = ["", "after"]
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(UnknownOutcome):
            await donut.cards.update(
                card, title="Mine", on_conflict=Merge(lambda _, mine, theirs: theirs + mine)
            )
    assert server.values["title"] == "TheirsMine"


async def test_a_plain_value_that_is_not_in_place_after_a_lost_reply_is_applied_again() -> None:
    server = Server()
    server.lose = ["before"]
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(title="Theirs")
        await donut.cards.update(card, title="Mine")
    assert (server.values["title"], server.versions["title"]) == ("Mine", 5)


async def test_after_a_lost_reply_abort_still_finds_its_value_in_place() -> None:
    server = Server()
    server.lose = ["after"]
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, title="Mine", on_conflict=Abort())
    assert (card.title.value, server.versions["title"]) == ("Mine", 4)


async def test_an_accepted_answer_that_is_garbage_is_checked_by_reading() -> None:
    server = Server()
    server.lose = ["garbage"]
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, estimate=add_one)
    # Only a server that is known to refuse conflicts says anything by accepting: it was asked.
    assert [put["estimate"]["version"] for put in server.puts] == [7, 7]
    assert card.estimate.value == 6 == server.values["estimate"]


async def test_a_write_answered_with_500_is_never_sent_again() -> None:
    server = Server()
    server.lose = ["500"]
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(UnknownOutcome) as caught:
            await donut.cards.update(card, estimate=add_one)
    assert len(server.puts) == 1
    assert isinstance(caught.value, ServerError)
    assert caught.value.status == 500


async def test_a_plain_value_in_place_after_500_is_done() -> None:
    server = Server()
    server.lose = ["500"]
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, title="Mine")
    assert len(server.puts) == 1
    assert card.title.value == "Mine"


async def test_a_server_that_never_answers_an_update_leaves_an_unknown_outcome() -> None:
    server = Server()
    server.lose = ["before"] * 3
    async with connect(server, retries=1) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(UnknownOutcome) as caught:
            await donut.cards.update(card, title="Mine")
        assert len(server.puts) == 2
        assert len(caught.value.attempts) == 2
        server.lose.clear()
        # What the first edit may have left is read before the next one is made.
        await donut.cards.update(card, estimate=add_one)
    assert server.values["estimate"] == 6


async def test_a_forced_change_is_simply_sent_again() -> None:
    server = Server()
    server.lose = ["after", "before"]
    async with connect(server) as donut:
        card = await donut.cards.update(CARD, title="Mine", on_conflict=Force())
    assert card.title.value == "Mine"
    assert server.versions["title"] == 4


async def test_the_error_tells_what_was_applied_before_it() -> None:
    server = Server(whole=False)
    server.lose = ["", "after"]
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(estimate=100)
        with pytest.raises(UnknownOutcome) as caught:
            await donut.cards.update(card, title="Mine", estimate=add_one)
    assert set(caught.value.applied) == {"title"}
    assert any("title" in note for note in caught.value.__notes__)


async def test_several_attributes_refused_at_once_leave_a_computed_one_unknown() -> None:
    server = Server(whole=False)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(title="Theirs")
        # The title is stale, so the answer is a refusal; the estimate was applied, and looks as it
        # would if somebody else had computed the same.
        with pytest.raises(UnknownOutcome):
            await donut.cards.update(card, title="Mine", estimate=add_one)
    assert server.values["estimate"] == 6


async def test_cancelling_an_update_leaves_the_next_one_correct() -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)

        async def slow(request: Any) -> Any:
            await original(request)
            await anyio.sleep_forever()

        original = server.handle_async_request
        server.handle_async_request = slow  # type: ignore[method-assign]
        with anyio.move_on_after(0.05):
            await donut.cards.update(card, estimate=add_one)
        server.handle_async_request = original  # type: ignore[method-assign]
        await donut.cards.update(card, estimate=add_one)
    assert server.values["estimate"] == 7
