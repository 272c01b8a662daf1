"""Updates by id with the versions of a form, and of attributes without a field."""

from __future__ import annotations

from typing import Any

import pytest

from agilekit import (
    Abort,
    FlyingDonut,
    InvalidInput,
    Merge,
    Reapply,
    VersionConflict,
    Versioned,
)
from agilekit.sandbox import Sandbox
from tests.ids import short
from tests.versioned.server import CARD, Server
from tests.versioned.test_strategies import connect

pytestmark = pytest.mark.anyio


def add_one(now: float | None) -> float:
    return (now or 0) + 1


async def test_a_version_that_a_form_has_kept_is_sent_as_it_is() -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.update(CARD, title="Mine", base={"title": 3})
    assert server.puts == [{"title": {"value": "Mine", "version": 3}}]
    assert server.reads == 0
    assert (card.title, card.replaced) == (Versioned("Mine", 4), {})


async def test_a_version_that_has_moved_on_is_a_conflict_as_any_other() -> None:
    server = Server()
    server.set(title="Theirs")
    async with connect(server) as donut:
        with pytest.raises(VersionConflict) as caught:
            await donut.cards.update(CARD, title="Mine", base={"title": 3}, on_conflict=Abort())
        detail = caught.value.conflicts["title"]
        assert (detail.base, detail.theirs) == (Versioned(None, 3), Versioned("Theirs", 4))
        card = await donut.cards.update(CARD, title="Mine", base={"title": 3})
    assert card.replaced == {"title": Versioned("Theirs", 4)}


async def test_a_function_that_has_only_a_version_reads_the_value_first() -> None:
    server = Server()
    async with connect(server) as donut:
        await donut.cards.update(CARD, estimate=add_one, base={"estimate": 7})
        assert server.puts == [{"estimate": {"value": 6, "version": 7}}]
        await donut.cards.update(CARD, estimate=add_one, base={"estimate": 7})
        with pytest.raises(VersionConflict):
            await donut.cards.update(
                CARD, estimate=add_one, base={"estimate": 7}, on_conflict=Abort()
            )
    assert server.values["estimate"] == 7


async def test_the_version_of_a_base_goes_before_that_of_the_card() -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        await donut.cards.update(card, title="Mine", base={"title": 2})
    assert [put["title"]["version"] for put in server.puts] == [2, 3]


@pytest.mark.parametrize(
    "arguments",
    [
        {"title": "x", "base": {"title": -1}},
        {"title": "x", "base": {"title": True}},
        {"title": "x", "base": {"title": "7"}},
        {"title": "x", "base": {"colour": 7}},
        {"title": "x", "base": {"title": 7}, "on_conflict": Merge(max)},
        {"title": "x", "on_conflict": Abort()},
        {"title": "x", "base": {"estimate": 7}, "on_conflict": Abort()},
        {"extra": {"order": "000000002.0"}},
        {"on_conflict": Reapply()},
    ],
    ids=short,
)
async def test_what_cannot_be_right_is_refused_before_anything_is_sent(
    arguments: dict[str, Any],
) -> None:
    server = Server()
    async with connect(server) as donut:
        with pytest.raises(InvalidInput):
            await donut.cards.update(CARD, **arguments)
    assert (server.puts, server.reads) == ([], 0)


async def test_an_attribute_without_a_field_is_sent_with_the_version_that_raw_shows() -> None:
    server = Server()
    server.values["riskLevel"], server.versions["riskLevel"] = "low", 2
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, title="Mine", extra={"riskLevel": "high"})
        assert card.raw["riskLevel"] == {"value": "high", "version": 3}
        server.set(riskLevel="none")
        with pytest.raises(VersionConflict) as caught:
            await donut.cards.update(card, extra={"riskLevel": "low"}, on_conflict=Abort())
    assert server.puts[0] == {
        "title": {"value": "Mine", "version": 3},
        "riskLevel": {"value": "high", "version": 2},
    }
    assert caught.value.conflicts["riskLevel"].theirs == Versioned("none", 4)


@pytest.mark.parametrize(
    "extra",
    [{"colour": "red"}, {"cid": 3}, {"title": "x"}, {"riskLevel": {1, 2}}, {"riskLevel": 1e400}],
    ids=short,
)
async def test_what_raw_does_not_show_with_a_version_is_refused(extra: Any) -> None:
    server = Server()
    server.values["riskLevel"], server.versions["riskLevel"] = "low", 2
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(InvalidInput):
            await donut.cards.update(card, extra=extra)
    assert server.puts == []


async def test_raw_is_what_was_read_with_the_answer_laid_over_it() -> None:
    sandbox = Sandbox()
    async with FlyingDonut(**sandbox.flyingdonut.arguments()) as donut:
        card = (await donut.cards.in_backlog())[0].cards[0]
        changed = await donut.cards.update(card, title="Mine")
    assert changed.raw.keys() >= card.raw.keys()
    assert changed.raw["title"] == {"value": "Mine", "version": 1}
    assert changed.raw["taskCounters"] == card.raw["taskCounters"]
    assert card.raw["title"] != changed.raw["title"]
