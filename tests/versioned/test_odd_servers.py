"""Servers that normalise, ignore, or answer a conflict with a success."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agilekit import UnknownOutcome, VersionConflict
from tests.each import each

from .server import CARD, Server
from .test_strategies import connect

pytestmark = pytest.mark.anyio


def add_one(now: float | None) -> float:
    return (now or 0) + 1


def planning_deck(name: str, value: Any) -> Any:
    """Snaps estimates to the next number of a planning deck."""
    return next(n for n in (1, 2, 3, 5, 8, 13, 21) if n >= value) if name == "estimate" else value


NORMALISERS: dict[str, tuple[str, Any, Callable[[Any], Any]]] = {
    "trimmed": ("title", "  Hello  world ", lambda text: " ".join(text.split())),
    "recased": ("title", "hello world", lambda text: text.title()),
    "cut": ("title", "a long title", lambda text: text[:6]),
    "html": ("summary", "text", lambda text: {**text, "html": "<p>text</p>\n"}),
    "as text": ("estimate", 8, str),
    "rounded": ("estimate", 1.26, round),
}


@each("status", [200, 409])
@each("kind", NORMALISERS)
async def test_a_normalised_value_is_in_place_once_it_is_known_what_an_acceptance_means(
    status: int, kind: str
) -> None:
    name, value, normalise = NORMALISERS[kind]
    server = Server(status=status, store=lambda _, value: normalise(value))
    changes: Any = {name: value}
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, **changes)
        exact = kind in ("html", "as text")
        # The server is asked once; of one that accepts conflicts, the value is sent once more.
        assert len(server.puts) == (1 if exact else 2 if status == 409 else 3)
        server.set(**{name: {"title": "Theirs", "summary": "", "estimate": 100}[name]})
        server.puts.clear()
        await donut.cards.update(await donut.cards.get(CARD), **changes)
        assert len(server.puts) == (1 if exact or status == 409 else 2)


async def test_a_value_that_is_normalised_to_what_is_there_is_in_place_when_sent_twice() -> None:
    server = Server(store=lambda _, value: value.strip())
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, title=" Old ")
    assert [put["title"]["version"] for put in server.puts] == [3, 3]
    assert (card.title.value, server.versions["title"]) == ("Old", 3)


async def test_a_plain_value_that_is_stored_as_another_is_applied_once_the_server_was_asked() -> (
    None
):
    server = Server(store=lambda _, value: value.replace("&", "&amp;"))
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, title="This & that")
    assert card.title.value == "This &amp; that"
    assert [put["title"]["version"] for put in server.puts] == [3, 3]


async def test_a_computed_value_that_is_normalised_is_made_once_if_conflicts_are_refused() -> None:
    server = Server(store=planning_deck)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, estimate=add_one)
        # 6 was stored as 8; the server was asked how it answers a conflict.
        assert card.estimate.value == 8
        assert len(server.puts) == 2
        card = await donut.cards.update(card, estimate=add_one)
        assert card.estimate.value == 13
    assert len(server.puts) == 3


async def test_a_computed_value_may_be_a_normalised_one_if_conflicts_are_accepted() -> None:
    server = Server(status=200, store=lambda _, value: round(value))
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(UnknownOutcome):
            await donut.cards.update(card, estimate=lambda now: (now or 0) + 0.7)


async def test_a_computed_value_that_is_rewritten_each_time_is_not_made_without_end() -> None:
    server = Server(status=200, store=planning_deck)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(UnknownOutcome) as caught:
            await donut.cards.update(card, estimate=add_one)
    assert len(server.puts) == 4  # one of them asks
    assert caught.value.details["estimate"].found.value == server.values["estimate"] == 21


async def test_where_the_server_cannot_be_asked_a_computed_value_stays_unknown() -> None:
    server = Server(store=planning_deck)
    server.lose = ["", "before"]
    async with connect(server, retries=0) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(UnknownOutcome):
            await donut.cards.update(card, estimate=add_one)
    assert [put["estimate"]["version"] for put in server.puts] == [7, 7]


@pytest.mark.parametrize("status", [200, 409])
@pytest.mark.parametrize("change", [13, add_one], ids=["plain", "computed"])
async def test_an_ignored_attribute_ends_in_a_version_conflict(status: int, change: Any) -> None:
    server = Server(status=status, ignores=["estimate"])
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(VersionConflict, match="left alone"):
            await donut.cards.update(card, estimate=change)
    assert len(server.puts) == 2


async def test_an_ignored_attribute_does_not_hide_what_was_applied_beside_it() -> None:
    server = Server(ignores=["estimate"])
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(VersionConflict) as caught:
            await donut.cards.update(card, title="Mine", estimate=13)
    assert set(caught.value.applied) == {"title"}


async def test_an_update_that_changes_nothing_may_keep_the_version() -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, title="Old")
    assert (card.title.version, len(server.puts)) == (3, 1)


async def test_a_conflict_storm_with_one_constant_value_is_not_taken_for_normalisation() -> None:
    server = Server(status=200)
    server.before = [lambda: server.set(title="Theirs")] * 3
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, title="Mine")
    assert server.values["title"] == "Mine" == card.title.value


async def test_versions_that_begin_again_are_followed() -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.versions["title"] = 0  # restored from a backup
        card = await donut.cards.update(card, title="Mine")
    assert (card.title.value, card.title.version) == ("Mine", 1)
