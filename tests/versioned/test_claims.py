"""Servers whose answers mislead: nothing is claimed that they do not prove."""

from __future__ import annotations

import contextlib
import unicodedata
from typing import Any

import pytest

from agilekit import (
    Abort,
    DecodeError,
    Force,
    Reapply,
    Redirected,
    UnknownOutcome,
    VersionConflict,
)
from agilekit.events import Event, Learned
from agilekit.versioned import Strategy, Versioned
from tests.each import each

from .server import CARD, Put, Server
from .test_strategies import connect

pytestmark = pytest.mark.anyio

OTHER = "54744c20c955ca8169c61e00"


def add_one(now: float | None) -> float:
    return (now or 0) + 1


def nonsense(*_: object) -> str:
    return "nonsense"


def silent(*_: object) -> dict[str, bool]:
    return {"ok": True}


def and_mine(now: str) -> str:
    return f"{now} and mine"


def upper(_: str, value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def stripped(_: str, value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def repeated(_: int, put: Put, __: dict[str, Any]) -> Any:
    """The request, said again."""
    return {"_id": {"$oid": CARD}, "error": "cannot be done", **put}


def beside(_: int, put: Put, card: dict[str, Any]) -> Any:
    return {"submitted": put, "current": card}


@each("status", [200, 400, 409, 422])
@each("answer", [repeated, beside])
@each("by_number", [False, True])
async def test_an_answer_that_repeats_the_request_shows_nothing(
    status: int, answer: Any, by_number: bool
) -> None:
    server = Server(status=status, answer=answer)
    base = {"title": 3} if by_number else None
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(title="Theirs", estimate=100)
        await donut.cards.update(CARD if by_number else card, title="Mine", base=base)
        assert server.values["title"] == "Mine"
        if answer is beside or status == 409:
            await donut.cards.update(card, estimate=add_one)
        else:
            # Nothing shows whether such a refusal or acceptance has to do with the version.
            with pytest.raises(UnknownOutcome):
                await donut.cards.update(card, estimate=add_one)
    assert server.values["estimate"] == (100 if (answer, status) == (repeated, 200) else 101)


@pytest.mark.parametrize("partly", [200, 207])
@pytest.mark.parametrize("known", [False, True], ids=["", "known to refuse"])
async def test_a_success_for_some_attributes_is_not_one_for_those_that_were_stale(
    partly: int, known: bool
) -> None:
    server = Server(whole=False, partly=partly)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        if known:
            server.set(summary="Theirs")
            await donut.cards.update(card, summary="Mine")
        server.set(title="Theirs")
        await donut.cards.update(card, title="Mine", estimate=13)
    assert (server.values["title"], server.values["estimate"]) == ("Mine", 13)
    assert server.versions["estimate"] == 8


@pytest.mark.parametrize("change", ["Mine", and_mine], ids=["plain", "computed"])
@pytest.mark.parametrize("known", [False, True], ids=["", "known to refuse others"])
async def test_an_attribute_that_is_not_heeded_is_not_done_because_somebody_else_changed_it(
    change: Any, known: bool
) -> None:
    server = Server(ignores=["title"])
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        if known:
            server.set(estimate=100)
            await donut.cards.update(card, estimate=13)
        server.set(title="Theirs")
        with pytest.raises((VersionConflict, UnknownOutcome)):
            await donut.cards.update(card, title=change)
    assert server.values["title"] == "Theirs"


async def test_what_several_attributes_became_is_found_out_one_by_one() -> None:
    server = Server(whole=False, store=upper)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(estimate=100)
        await donut.cards.update(card, estimate=101)
        server.puts.clear()
        card = await donut.cards.update(card, title="Mine", summary="Words")
        assert card.title.value == "MINE"
        # The summary is kept as it was sent. It is asked how a conflict of the title is answered;
        # until it is known what a refusal concerns, the title is sent once more, and alone.
        assert [set(put) for put in server.puts] == [{"title", "summary"}, {"title"}, {"title"}]
        with pytest.raises(UnknownOutcome):
            await donut.cards.update(card, title="Yours", estimate=5, on_conflict=Abort())


async def test_a_refusal_of_the_value_does_not_tell_how_a_conflict_is_answered() -> None:
    server = Server(status=200)
    server.refuse = [422]
    server.before = [lambda: server.set(title="Theirs")]
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(VersionConflict):
            await donut.cards.update(card, title="Too long", on_conflict=Abort())
        card = await donut.cards.get(CARD)
        server.set(title="Theirs again")
        with pytest.raises(VersionConflict):
            await donut.cards.update(card, title="Mine", on_conflict=Abort())
    assert server.values["title"] == "Theirs again"


@pytest.mark.parametrize("change", [{"title": " Old "}, {"estimate": 13}], ids=["kept", "ignored"])
async def test_what_could_not_change_anything_does_not_tell_what_a_refusal_concerns(
    change: dict[str, Any],
) -> None:
    told: list[Event] = []
    server = Server(whole=False, ignores=["estimate"], store=stripped)
    async with connect(server, on_event=told.append) as donut:
        card = await donut.cards.get(CARD)
        await donut.cards.update(card, title="New")
        await donut.cards.update(card, title="Old")
        card = await donut.cards.update(card, estimate=5)
        server.set(summary="Theirs")
        changes: Any = {"summary": "Mine", **change}
        with contextlib.suppress(VersionConflict):  # left alone
            await donut.cards.update(card, **changes)
    assert "refuses whole updates" not in [e.fact for e in told if isinstance(e, Learned)]


@pytest.mark.parametrize("status", [409, 422])
async def test_only_a_refusal_of_what_is_stale_tells_what_it_concerns(status: int) -> None:
    told: list[Event] = []
    server = Server(status=status, whole=True)
    async with connect(server, on_event=told.append) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, title="New", estimate=6)
        server.set(summary="Theirs")
        await donut.cards.update(card, title="Paint the door", summary="Mine")
    facts = [e.fact for e in told if isinstance(e, Learned)]
    assert ("refuses whole updates" in facts) is (status == 409)


@pytest.mark.parametrize("status", ["202", "302", "303"])
async def test_an_answer_after_a_send_that_may_have_been_applied_is_not_a_refusal(
    status: str,
) -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.lose = [status, status]
        card = await donut.cards.update(card, title="Mine")
        assert card.title.version == 4
        with pytest.raises(UnknownOutcome, match="nothing tells"):
            await donut.cards.update(card, estimate=add_one)
    assert len(server.puts) == 2


@pytest.mark.parametrize("status", ["301", "307", "308"])
async def test_a_redirect_to_where_the_write_belongs_is_a_refusal(status: str) -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.lose = [status]
        with pytest.raises(Redirected):
            await donut.cards.update(card, estimate=add_one)
    assert len(server.puts) == 1


def with_another(_: int, __: Put, card: dict[str, Any]) -> Any:
    return [{**card, "_id": {"$oid": OTHER}, "title": {"value": "Mine", "version": 9}}, card]


def with_what_was(_: int, __: Put, card: dict[str, Any]) -> Any:
    old = {"title": {"value": "Old", "version": 3}, "estimate": {"value": 5, "version": 7}}
    return {"before": {**card, **old}, "after": card}


def in_capitals(_: int, __: Put, card: dict[str, Any]) -> Any:
    return {**card, "_id": {"$oid": CARD.upper()}}


@pytest.mark.parametrize("status", [200, 409])
@pytest.mark.parametrize("answer", [with_another, with_what_was, in_capitals])
async def test_of_several_cards_in_an_answer_the_one_that_was_written_counts_if_it_is_one(
    status: int, answer: Any
) -> None:
    server = Server(status=status, answer=answer)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(title="Theirs")
        card = await donut.cards.update(card, title="Mine")
        assert (card.title.value, server.values["title"]) == ("Mine", "Mine")
        server.status = 409
        server.set(estimate=100)
        card = await donut.cards.update(card, estimate=add_one)
    assert card.estimate.value == server.values["estimate"] == 101


async def test_a_read_that_shows_another_card_is_not_the_base_of_an_edit() -> None:
    server = Server()
    async with connect(server) as donut:
        server.shown_id = OTHER
        with pytest.raises(DecodeError, match="asked for"):
            await donut.cards.update(CARD, estimate=add_one)
    assert server.puts == []


def in_tags(_: str, value: Any) -> Any:
    """A value in which the one that was sent is not recognised."""
    plain = isinstance(value, str) and not value.startswith("<p>")
    return f"<p>{value}</p>" if plain else value


@pytest.mark.parametrize("raises_always", [False, True])
async def test_what_a_server_rewrites_and_counts_each_time_is_not_sent_without_end(
    raises_always: bool,
) -> None:
    server = Server(status=200, store=upper, raises_always=raises_always)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        if raises_always:
            with pytest.raises(UnknownOutcome):
                await donut.cards.update(card, title="Mine")
        else:
            await donut.cards.update(card, title="Mine")
    assert server.values["title"] == "MINE"
    assert len(server.puts) == 3  # one of them asks


@pytest.mark.parametrize("raises_always", [False, True])
@pytest.mark.parametrize("status", [200, 409])
async def test_a_value_that_is_no_longer_recognised_is_never_called_certainly_not_applied(
    status: int, raises_always: bool
) -> None:
    server = Server(status=status, store=in_tags, raises_always=raises_always)
    async with connect(server, retries=0) as donut:
        card = await donut.cards.get(CARD)
        server.lose = ["after"] if status == 409 else []
        tells = status == 409 and raises_always
        with contextlib.nullcontext() if tells else pytest.raises(UnknownOutcome):
            await donut.cards.update(card, title="Mine", on_conflict=Reapply(attempts=3))
    assert server.values["title"] == "<p>Mine</p>"


async def test_what_a_doubtful_value_has_replaced_is_not_taken_from_what_came_of_it() -> None:
    server = Server(status=200, store=upper)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(title="Theirs")
        card = await donut.cards.update(card, title="Mine", on_conflict=Force())
    assert card.title.value == "MINE"
    assert card.replaced == {"title": Versioned()}


@pytest.mark.parametrize("strategy", [Reapply(), Abort()])
async def test_a_success_that_shows_what_was_there_before_may_be_one_all_the_same(
    strategy: Strategy,
) -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        late = [server.card(), server.card()]

        def lagging(status: int, _: Put, now: dict[str, Any]) -> Any:
            return late.pop() if status == 200 and late else now

        server.answer = lagging
        card = await donut.cards.update(card, title="Mine", on_conflict=strategy)
        assert card.title.version == 4
        with pytest.raises(UnknownOutcome):
            await donut.cards.update(card, estimate=add_one, on_conflict=strategy)
    assert server.values["estimate"] == 6


class Boom(Exception):
    """The caller's own."""


async def an_async_function(_: object) -> float:
    return 1


async def test_a_text_that_is_stored_in_another_normal_form_of_unicode_is_alike() -> None:
    server = Server(store=lambda _, value: unicodedata.normalize("NFD", value))
    server.lose = ["after"]
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(UnknownOutcome):
            await donut.cards.update(card, title="Émile: Café", on_conflict=Abort())


async def test_an_ignored_attribute_is_not_done_because_somebody_else_has_changed_it() -> None:
    server = Server(ignores=["title"])
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(summary="Theirs")
        await donut.cards.update(card, summary="Mine")  # by now the server is known to refuse
        server.answer = silent
        server.before_reads = [lambda: server.set(title="Theirs"), lambda: None]
        server.before_reads *= 8
        with pytest.raises((UnknownOutcome, VersionConflict)):
            await donut.cards.update(card, title=lambda now: f"{now} and mine")


@pytest.mark.parametrize("by_id", [False, True])
async def test_an_ignored_attribute_is_not_done_because_its_version_was_not_known(
    by_id: bool,
) -> None:
    server = Server(ignores=["title"])
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(title="Theirs", summary="Theirs")
        await donut.cards.update(card, summary="Mine")
        with pytest.raises((UnknownOutcome, VersionConflict)):
            await donut.cards.update(CARD if by_id else card, title="Mine", on_conflict=Force())
