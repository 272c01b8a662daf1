"""What becomes of an update that meets somebody else's change."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from agilekit import (
    Abort,
    Conflict,
    FlyingDonut,
    Forbidden,
    Force,
    InvalidInput,
    Merge,
    Reapply,
    VersionConflict,
)
from agilekit.events import Event
from tests.each import each

from .server import CARD, PROJECT, SECRET, Server

pytestmark = pytest.mark.anyio

STATUSES = each("status", [200, 400, 409, 412])
SCOPES = each("whole", [True, False], ids=["whole", "attribute"])


def asked(status: int, version: int) -> list[int]:
    """The versions of the requests that only ask how the server answers a conflict."""
    return [version] if status == 200 else []


def connect(server: Server, **options: Any) -> FlyingDonut:
    return FlyingDonut(PROJECT, secret=SECRET, username="jane.smith", transport=server, **options)


async def test_an_update_sends_only_what_it_changes_with_the_version_that_was_read() -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, title="New")
    assert server.puts == [{"title": {"value": "New", "version": 3}}]
    assert (card.title.value, card.title.version) == ("New", 4)
    assert (card.estimate.value, card.cid) == (5, 2)


async def test_none_clears_and_a_keyword_left_out_is_not_sent() -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.update(await donut.cards.get(CARD), estimate=None)
    assert server.puts == [{"estimate": {"value": None, "version": 7}}]
    assert card.estimate.value is None
    assert server.values["title"] == "Old"


@STATUSES
@SCOPES
async def test_a_plain_value_is_applied_again_with_the_version_of_the_answer(
    status: int, whole: bool
) -> None:
    server = Server(status=status, whole=whole)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(title="Theirs")
        card = await donut.cards.update(card, title="Mine")
    # A server that answers with 200 is asked once what that means.
    assert [put["title"]["version"] for put in server.puts] == [3, *asked(status, 3), 4]
    assert server.values["title"] == "Mine" == card.title.value
    assert server.reads == 1


@STATUSES
@SCOPES
async def test_a_function_is_computed_again_from_every_value_met(status: int, whole: bool) -> None:
    server = Server(status=status, whole=whole)
    server.before = [
        lambda: server.set(estimate=100),
        lambda: server.set(estimate=200),
    ]
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, estimate=lambda now: (now or 0) + 1)
    assert server.values["estimate"] == 201 == card.estimate.value


@STATUSES
async def test_what_was_applied_is_not_sent_again(status: int) -> None:
    server = Server(status=status, whole=False)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(estimate=100)
        await donut.cards.update(card, title="Mine", estimate=13)
    asks = [{"estimate"} for _ in asked(status, 7)]
    assert [set(put) for put in server.puts] == [{"title", "estimate"}, *asks, {"estimate"}]
    assert (server.values["title"], server.values["estimate"]) == ("Mine", 13)
    assert server.versions == {"title": 4, "summary": 0, "estimate": 9}


@STATUSES
async def test_an_attribute_that_failed_with_the_whole_is_sent_again_as_it_was(status: int) -> None:
    server = Server(status=status, whole=True)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(estimate=100)
        await donut.cards.update(card, title="Mine", estimate=13)
    assert server.puts[-1] == {
        "title": {"value": "Mine", "version": 3},
        "estimate": {"value": 13, "version": 8},
    }
    assert (server.values["title"], server.values["estimate"]) == ("Mine", 13)


@STATUSES
async def test_attributes_that_this_edit_does_not_touch_never_matter(status: int) -> None:
    server = Server(status=status)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(summary="changed", estimate=1)
        await donut.cards.update(card, title="Mine")
    assert len(server.puts) == 1
    assert server.values == {"title": "Mine", "summary": "changed", "estimate": 1}


@pytest.mark.parametrize("shows", ["wrapped", "nothing"])
async def test_a_conflict_that_does_not_show_the_card_is_understood_or_read(shows: str) -> None:
    server = Server(shows=shows)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(estimate=100)
        await donut.cards.update(card, estimate=lambda now: (now or 0) + 1)
    assert server.values["estimate"] == 101
    assert server.reads == (2 if shows == "nothing" else 1)


@SCOPES
async def test_force_sends_minus_one_and_replaces_whatever_is_there(whole: bool) -> None:
    server = Server(whole=whole)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(title="Theirs")
        card = await donut.cards.update(card, title="Mine", on_conflict=Force())
    assert server.puts == [{"title": {"value": "Mine", "version": -1}}]
    assert card.title.value == "Mine"


async def test_force_by_id_reads_nothing_first() -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.update(CARD, title="Mine", on_conflict=Force())
    assert server.reads == 0
    assert card.title.value == "Mine"


async def test_an_update_by_id_reads_the_card_first() -> None:
    server = Server()
    async with connect(server) as donut:
        await donut.cards.update(CARD, estimate=lambda now: (now or 0) + 1)
    assert server.reads == 1
    assert server.puts == [{"estimate": {"value": 6, "version": 7}}]


@STATUSES
async def test_merge_is_given_base_mine_and_theirs(status: int) -> None:
    server = Server(status=status)
    met: list[tuple[object, ...]] = []

    def choose(base: str, mine: str, theirs: str) -> str:
        met.append((base, mine, theirs))
        return f"{theirs} and {mine}"

    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(title="Theirs")
        card = await donut.cards.update(card, title="Mine", on_conflict=Merge(choose))
    assert met == [("Old", "Mine", "Theirs")]
    assert card.title.value == "Theirs and Mine" == server.values["title"]


@STATUSES
async def test_abort_raises_with_base_mine_and_theirs(status: int) -> None:
    server = Server(status=status)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(title="Theirs")
        with pytest.raises(VersionConflict) as caught:
            await donut.cards.update(card, title="Mine", on_conflict=Abort())
    detail = caught.value.conflicts["title"]
    assert (detail.base, detail.mine, detail.theirs) == (
        card.title,
        "Mine",
        type(card.title)("Theirs", 4),
    )
    assert caught.value.method == "PUT"
    assert caught.value.path.endswith(CARD)
    assert server.values["title"] == "Theirs"


async def test_strategies_may_differ_by_attribute_and_the_error_tells_what_was_applied() -> None:
    server = Server(whole=False)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(title="Theirs", estimate=100)
        with pytest.raises(VersionConflict) as caught:
            await donut.cards.update(
                card,
                title="Mine",
                estimate=13,
                on_conflict={"title": Force(), "estimate": Abort()},
            )
    assert set(caught.value.conflicts) == {"estimate"}
    assert set(caught.value.applied) == {"title"}
    assert (server.values["title"], server.values["estimate"]) == ("Mine", 100)


@STATUSES
async def test_after_its_attempts_a_reapplied_change_gives_up(status: int) -> None:
    server = Server(status=status)
    server.before = [partial(server.set, title=f"Theirs {number}") for number in range(50)]
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(VersionConflict):
            await donut.cards.update(card, title="Mine", on_conflict=Reapply(attempts=3))
    assert len(server.puts) == 3 + len(asked(status, 3))


async def test_a_refusal_that_is_not_a_conflict_is_raised_as_it_is() -> None:
    server = Server()
    server.lose = ["403"]
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(Forbidden, match="broken"):
            await donut.cards.update(card, title="Mine")
    assert len(server.puts) == 1


async def test_the_hook_is_told_of_conflicts() -> None:
    server = Server()
    events: list[Event] = []
    async with connect(server, on_event=events.append) as donut:
        card = await donut.cards.get(CARD)
        server.set(title="Theirs")
        await donut.cards.update(card, title="Mine")
    conflicts = [event for event in events if isinstance(event, Conflict)]
    assert [(c.attribute, c.sent_version, c.current_version) for c in conflicts] == [
        ("title", 3, 4)
    ]


@each(
    ("changes", "on_conflict"),
    [
        ({}, Reapply()),
        ({"title": ""}, Reapply()),
        ({"title": None}, Reapply()),
        ({"estimate": float("nan")}, Reapply()),
        ({"estimate": True}, Reapply()),
        ({"colour": "red"}, Reapply()),
        ({"title": "x"}, "force"),
        ({"title": "x"}, {"estimat": Force()}),
        ({"summary": 5}, Reapply()),
        ({"title": "half a \ud800 pair"}, Reapply()),
    ],
)
async def test_bad_input_is_refused_before_anything_is_sent(
    changes: dict[str, Any], on_conflict: Any
) -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(InvalidInput):
            await donut.cards.update(card, on_conflict=on_conflict, **changes)
    assert server.puts == []


async def test_a_computed_value_that_is_bad_is_refused_before_it_is_sent() -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(InvalidInput):
            await donut.cards.update(card, title=lambda _: "")
    assert server.puts == []


async def test_the_error_of_the_callers_own_function_is_the_callers() -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(ZeroDivisionError):
            await donut.cards.update(card, estimate=lambda now: (now or 0) / 0)
        card = await donut.cards.update(card, estimate=1)
    assert card.estimate.value == 1
