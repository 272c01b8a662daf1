"""Versions that cannot be, versions that are known to others, and arguments that are wrong."""

from __future__ import annotations

from typing import Any, cast

import pytest

from agilekit import (
    Abort,
    Force,
    InvalidInput,
    Merge,
    Reapply,
    VersionConflict,
)
from agilekit.flyingdonut import RichText
from agilekit.versioned import Strategy
from tests.each import each

from .server import CARD, Server
from .test_strategies import connect

pytestmark = pytest.mark.anyio


async def test_a_negative_version_is_never_sent_back_since_it_would_force() -> None:
    server = Server()
    server.values["order"], server.versions["order"] = "1", -1
    server.versions["title"] = -1
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.values["title"], server.versions["title"] = "Theirs", 4
        with pytest.raises(InvalidInput, match="version"):
            await donut.cards.update(card, title="Mine", on_conflict=Abort())
        with pytest.raises(InvalidInput, match="version"):
            await donut.cards.update(card, extra={"order": "2"})
        card = await donut.cards.update(card, title=lambda now: f"{now} and mine")
    assert card.title.value == "Theirs and mine"
    assert [put["title"]["version"] for put in server.puts] == [4]


async def test_what_is_not_a_number_is_not_a_version_of_an_extra_attribute() -> None:
    server = Server()
    server.values["rank"], server.versions["rank"] = "1", True
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(InvalidInput, match="version"):
            await donut.cards.update(card, extra={"rank": "2"})
    assert server.puts == []


@each("strategy", [Abort(), Reapply(), Force()])
@each("computed", [False, True])
async def test_a_version_that_is_newer_than_what_the_client_remembers_is_taken(
    strategy: Strategy, computed: bool
) -> None:
    def more(now: str) -> str:
        return f"{now} and mine"

    change = more if computed else "Mine"
    server = Server()
    async with connect(server) as donut:
        await donut.cards.update(CARD, title="Ours")
        server.set(title="Theirs")
        server.puts.clear()
        await donut.cards.update(CARD, title=change, base={"title": 5}, on_conflict=strategy)
    assert server.values["title"] == ("Theirs and mine" if computed else "Mine")
    sent = -1 if isinstance(strategy, Force) else 5
    assert [put["title"]["version"] for put in server.puts] == [sent]


@pytest.mark.parametrize("status", [200, 409])
async def test_after_a_restore_abort_is_decided_by_the_server_and_not_by_what_is_remembered(
    status: int,
) -> None:
    server = Server(status=status)
    async with connect(server) as donut:
        await donut.cards.update(CARD, title="Ours")
        server.values["title"], server.versions["title"] = "Restored", 2
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, title="Mine", on_conflict=Abort())
        assert (card.title.value, card.title.version) == ("Mine", 3)


async def test_abort_of_what_the_client_knows_to_be_outdated_sends_nothing() -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        await donut.cards.update(card, title="Ours")
        with pytest.raises(VersionConflict) as caught:
            await donut.cards.update(card, title="Mine", on_conflict=Abort())
    assert len(server.puts) == 1
    detail = caught.value.conflicts["title"]
    assert (detail.base, detail.mine) == (card.title, "Mine")
    assert detail.theirs.value == "Ours"


async def an_async_function(_: object) -> float:
    return 1


@each(
    "given",
    [
        {"title": "x", "on_conflict": Reapply(attempts=cast("Any", "3"))},
        {"title": "x", "on_conflict": Reapply(attempts=0)},
        {"title": "x", "on_conflict": Reapply(identical=cast("Any", "mien"))},
        {"title": "x", "on_conflict": Merge(cast("Any", None))},
        {"title": "x", "on_conflict": Merge(lambda _, __, ___: "x", attempts=cast("Any", None))},
        {"title": "x", "base": ["title"]},
        {"title": "x", "base": 7},
        {"title": "x", "base": {"title": "3"}},
        {"title": "x", "base": {"title": -1}},
        {"title": "x", "base": {"title": True}},
        {"extra": ["order"]},
        {"extra": {"username": "somebody"}},
        {"estimate": an_async_function},
        {"title": an_async_function},
        {"summary": RichText(cast("Any", None))},
        {"summary": RichText("text", cast("Any", 5))},
        {"summary": RichText("text", "half a \ud800 pair")},
    ],
)
async def test_what_cannot_be_right_is_refused_before_anything_is_sent(
    given: dict[str, Any],
) -> None:
    server = Server()
    server.values["username"], server.versions["username"] = "jane.smith", 0
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(InvalidInput):
            await donut.cards.update(card, **given)
    assert server.puts == []


async def test_what_merges_must_not_be_async_either() -> None:
    async def choose(_: object, mine: str, __: object) -> str:
        return mine

    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(title="Theirs")
        with pytest.raises(InvalidInput, match="async"):
            await donut.cards.update(card, title="Mine", on_conflict=Merge(choose))
    assert server.values["title"] == "Theirs"


async def test_a_version_may_be_any_whole_number() -> None:
    server = Server()
    server.versions["title"] = 1_700_000_000_000
    async with connect(server) as donut:
        await donut.cards.update(CARD, title="Mine", base={"title": 1_700_000_000_000})
    assert len(server.puts) == 1
