"""What an update tells: by its result, by its errors, and by events."""

from __future__ import annotations

from typing import Any

import pytest

from agilekit import (
    Abort,
    AgilekitError,
    Conflict,
    Force,
    InvalidInput,
    Learned,
    Merge,
    NotSent,
    Reapply,
    UnknownOutcome,
    VersionConflict,
    Versioned,
)
from agilekit.events import Event
from agilekit.flyingdonut import RichText
from tests.each import each

from .server import CARD, Server
from .test_strategies import connect

pytestmark = pytest.mark.anyio


def _mine(_: object) -> str:
    return "Mine"


def add_one(now: float | None) -> float:
    return (now or 0) + 1


@pytest.mark.parametrize(("status", "fact"), [(200, "accepts conflicts"), (409, None)])
async def test_what_was_asked_is_told_once_and_never_asked_again(
    status: int, fact: str | None
) -> None:
    server = Server(status=status)
    told: list[Event] = []
    async with connect(server, on_event=told.append) as donut:
        for title in ("One", "Two", "Three"):
            card = await donut.cards.get(CARD)
            server.set(title="Theirs")
            await donut.cards.update(card, title=title)
    assert [event.fact for event in told if isinstance(event, Learned)] == [
        fact or "refuses conflicts"
    ]
    assert len([event for event in told if isinstance(event, Conflict)]) == 3
    assert len(server.puts) == 6 + (status == 200)


async def test_nothing_is_asked_of_a_server_whose_acceptance_shows_our_value() -> None:
    server = Server(status=200)
    told: list[Event] = []
    async with connect(server, on_event=told.append) as donut:
        card = await donut.cards.get(CARD)
        for estimate in (1, add_one, 13):
            card = await donut.cards.update(card, estimate=estimate)
        await donut.cards.update(card, title="Forced", on_conflict=Force())
    assert len(server.puts) == 4
    assert not any(isinstance(event, Learned) for event in told)


@pytest.mark.parametrize("conflicts", range(5))
@pytest.mark.parametrize("change", [13, add_one], ids=["plain", "computed"])
async def test_each_conflict_costs_one_request(conflicts: int, change: Any) -> None:
    server = Server()
    server.before = [lambda: server.set(estimate=server.values["estimate"] + 100)] * conflicts
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        await donut.cards.update(card, estimate=change)
    assert len(server.puts) == 1 + conflicts
    assert server.reads == 1


async def test_what_a_refusal_concerns_is_learned_and_computed_changes_are_sent_on_their_own() -> (
    None
):
    server = Server(whole=False)
    told: list[Event] = []
    async with connect(server, on_event=told.append) as donut:
        card = await donut.cards.get(CARD)
        server.set(estimate=100)
        card = await donut.cards.update(card, title="Mine", estimate=13)
        server.puts.clear()
        server.set(estimate=200)
        card = await donut.cards.update(
            card, title=lambda now: f"{now}!", summary="plain", estimate=add_one
        )
    facts = [event.fact for event in told if isinstance(event, Learned)]
    assert facts == ["refuses conflicts", "applies attribute by attribute"]
    assert [set(put) for put in server.puts] == [
        {"summary"},
        {"title"},
        {"estimate"},
        {"estimate"},
    ]
    assert server.values["estimate"] == 201


async def test_a_server_that_refuses_as_a_whole_is_learned_from_what_it_did_not_apply() -> None:
    server = Server(whole=True)
    told: list[Event] = []
    async with connect(server, on_event=told.append) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, title="Seen to be changed")
        server.set(estimate=100)
        card = await donut.cards.update(card, title="Mine", estimate=add_one)
        # Both are stale now, and a refusal of both leaves no doubt.
        server.set(estimate=200, title="Theirs")
        await donut.cards.update(card, title=lambda now: f"{now}!", estimate=add_one)
    facts = [event.fact for event in told if isinstance(event, Learned)]
    assert facts == ["refuses conflicts", "refuses whole updates"]
    assert (server.values["title"], server.values["estimate"]) == ("Theirs!", 201)


@each("status", [200, 409])
@each(
    ("mine", "theirs"),
    [("2.1", "2.10"), ("Paint the door", "Paint"), ("a list", "* a\n* list"), ("Old", "old")],
)
async def test_what_only_looks_like_ours_is_not_taken_for_it(
    status: int, mine: str, theirs: str
) -> None:
    server = Server(status=status)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(title=theirs)
        if status == 409:
            with pytest.raises(VersionConflict):
                await donut.cards.update(card, title=mine, on_conflict=Abort())
        else:
            # It may be what this server made of ours, and nothing proves that.
            with pytest.raises(UnknownOutcome):
                await donut.cards.update(card, title=mine, on_conflict=Abort())
        assert server.values["title"] == theirs
        await donut.cards.update(card, title=mine)
    assert server.values["title"] == mine


async def test_none_is_the_same_as_an_empty_text() -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(summary={"markdown": ""})
        await donut.cards.update(card, summary=None, on_conflict=Abort())
    assert len(server.puts) == 1


@each("theirs", [{"markdown": "Theirs", "html": "<p>Theirs</p>"}, ""])
@each("mine", ["Mine", RichText("Mine"), _mine])
async def test_a_merge_is_given_three_values_of_one_type(theirs: Any, mine: Any) -> None:
    server = Server()
    server.values["summary"] = {"markdown": "Base"}
    met: list[RichText] = []

    def choose(base: RichText, mine: RichText, theirs: RichText) -> RichText:
        met.extend((base, mine, theirs))
        return RichText(f"{theirs.markdown} and {mine.markdown}")

    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(summary=theirs)
        card = await donut.cards.update(card, summary=mine, on_conflict=Merge(choose))
    assert [type(value) for value in met] == [RichText] * 3
    assert [value.markdown for value in met[:2]] == ["Base", "Mine"]
    assert str(card.summary.value).endswith("and Mine")


async def test_an_error_tells_what_was_applied_before_whatever_it_is() -> None:
    errors: list[AgilekitError] = []
    for second in ("403", "before", "refused"):
        server = Server(whole=False)
        server.lose = ["", second]
        async with connect(server, retries=0) as donut:
            card = await donut.cards.get(CARD)
            server.set(estimate=100)
            if second == "refused":
                server.before = [lambda: None, lambda: _raise(NotSent("refused"))]
            with pytest.raises(AgilekitError) as caught:
                await donut.cards.update(card, title="Mine", estimate=13)
            errors.append(caught.value)
    for error in errors:
        assert error.applied == {"title": Versioned("Mine", 4)}
        assert any("title" in note for note in error.__notes__)


def _raise(error: Exception) -> None:
    raise error


async def test_the_callers_own_error_bears_what_was_applied_before_it() -> None:
    server = Server(whole=False)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(estimate=100)
        with pytest.raises(UnknownOutcome):  # the first refusal of several leaves a doubt
            await donut.cards.update(card, title="Mine", estimate=add_one)
        card = await donut.cards.get(CARD)
        server.set(estimate=200)
        with pytest.raises(KeyError) as caught:
            await donut.cards.update(
                card, title="Again", estimate=lambda now: {100.0: 1.0}[now or 0]
            )
    applied: Any = getattr(caught.value, "applied", None)
    assert applied == {"title": Versioned("Again", 5)}
    assert any("title" in note for note in caught.value.__notes__)


async def test_bad_output_of_a_function_in_a_later_round_bears_what_was_applied() -> None:
    server = Server(whole=False)
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        server.set(title="Theirs")

        def merge(_: object, __: object, theirs: str) -> str:
            return ""

        with pytest.raises(InvalidInput) as caught:
            await donut.cards.update(
                card, estimate=13, title="Mine", on_conflict={"title": Merge(merge)}
            )
    assert caught.value.applied == {"estimate": Versioned(13, 8)}


async def test_an_unknown_outcome_has_what_the_caller_needs_to_decide() -> None:
    server = Server()
    server.lose = ["after"]
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(UnknownOutcome) as caught:
            await donut.cards.update(card, estimate=add_one)
    detail = caught.value.details["estimate"]
    assert (detail.base, detail.mine, detail.sent_version) == (card.estimate, 6, 7)
    assert detail.found == Versioned(6, 8) == caught.value.evidence["estimate"]


async def test_a_caller_may_take_an_identical_value_for_its_own() -> None:
    server = Server()
    server.lose = ["after"]
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(
            card, estimate=add_one, on_conflict=Reapply(identical="mine")
        )
    assert card.estimate == Versioned(6, 8)
    assert len(server.puts) == 2


async def test_an_identical_value_at_a_later_version_is_unknown() -> None:
    server = Server()
    server.lose = ["after"]
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)

        def change_and_change_back() -> None:
            server.set(estimate=9)
            server.set(estimate=6)

        server.before = [lambda: None, change_and_change_back]
        with pytest.raises(UnknownOutcome):
            await donut.cards.update(card, estimate=add_one, on_conflict=Reapply(identical="mine"))


@pytest.mark.parametrize("mode", ["nothing", "no id"])
async def test_an_accepted_update_that_shows_nothing_is_decided_by_a_read(mode: str) -> None:
    server = Server()
    server.success = mode
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, title="Mine")
    assert card.title == Versioned("Mine", 4)
    assert (len(server.puts), server.reads) == (1, 2)


@pytest.mark.quick(1)
async def test_an_accepted_function_that_a_read_does_not_show_is_unknown() -> None:
    server = Server()
    server.success = "nothing"
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        old = server.card()
        server.reads_as = old  # a replica that lags
        with pytest.raises(UnknownOutcome) as caught:
            await donut.cards.update(card, estimate=add_one)
    assert len(server.puts) == 1
    assert caught.value.details["estimate"].found == card.estimate


async def test_an_answer_of_another_card_proves_nothing() -> None:
    server = Server()
    server.success = "another id"
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        with pytest.raises(UnknownOutcome, match="another entity"):
            await donut.cards.update(card, title="Mine")
    assert len(server.puts) == 1


async def test_the_result_tells_what_was_replaced_unseen() -> None:
    server = Server()
    async with connect(server) as donut:
        card = await donut.cards.get(CARD)
        card = await donut.cards.update(card, title="Mine")
        assert card.replaced == {}
        server.set(title="Theirs", estimate=100)
        card = await donut.cards.update(card, title="Mine again", summary="Mine")
        assert card.replaced == {"title": Versioned("Theirs", 5)}
        card = await donut.cards.update(card, estimate=add_one)
        assert card.replaced == {}  # a function is given what it replaces
        by_id = await donut.cards.update(CARD, title="By id")
        assert by_id.replaced == {"title": Versioned("Mine again", 6)}
        forced = await donut.cards.update(by_id, title="Forced", on_conflict=Force())
        assert forced.replaced == {}
        server.set(title="Theirs")
        forced = await donut.cards.update(forced, title="Forced again", on_conflict=Force())
        assert forced.replaced == {"title": Versioned()}  # something, and nothing tells what
        unread = await donut.cards.update(CARD, title="Unread", on_conflict=Force())
        assert unread.replaced == {"title": Versioned()}
        assert (await donut.cards.get(CARD)).replaced == {}
